import { rmSync } from 'node:fs';
import { cp, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { inject } from 'vitest';
import { TOOLS } from './platform.ts';
import { NEWCOMER, PLAIN, type PROJECTS, SETTINGS } from './projects.ts';

const repository = resolve(import.meta.dirname, '../../../..');

/** A Python that has the worker's dependencies. */
export const PYTHON = process.env.RLM_PYTHON || join(repository, 'python/.venv/bin/python');

const fileOf = (name: string) => `./${name.replace('/', '-')}.tgz`;

/** How a program ended. */
export interface Ended {
  readonly exitCode?: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A project outside of the repository, with packages of ours as they are published. */
export class Project implements AsyncDisposable {
  readonly folder: string;
  /** Specifiers of the packed packages, for any package manager. */
  readonly packed: readonly string[];

  private constructor(folder: string, packed: string[]) {
    this.folder = folder;
    this.packed = packed;
  }

  /** One of those that are installed once for all tests, of which one file has it for itself. */
  static installed(name: keyof typeof PROJECTS): Project {
    return Project.#installedBy('pnpm', name);
  }

  /** The one of somebody who follows the README, which files share. */
  static newcomer(): Project {
    return Project.#installedBy('npm', NEWCOMER);
  }

  static #installedBy(manager: 'pnpm' | 'npm', name: string): Project {
    const { folder, failures } = inject('projects');
    const failure = failures[manager];
    if (failure !== null) throw new Error(`What ${manager} installs is not installed: ${failure}`);
    return new Project(join(folder, name), []);
  }

  /** An empty one, with the tarballs of the named packages. */
  static async withPacked(names: readonly string[]): Promise<Project> {
    const folder = await mkdtemp(join(tmpdir(), 'rlm-consumer-'));
    const project = new Project(folder, names.map(fileOf));
    for (const name of names) await cp(inject('tarballs')[name] ?? '', join(folder, fileOf(name)));
    await project.write({ 'package.json': JSON.stringify({ name: 'project', private: true, type: 'module' }) });
    const overrides = names.map((name) => `  '${name}': 'file:${fileOf(name)}'\n`).join('');
    await project.write({ 'pnpm-workspace.yaml': `${HOISTED}${SETTINGS}${overrides}` });
    return project;
  }

  /** Installs the packed packages, and others from the registry. */
  async install(...others: string[]): Promise<void> {
    await this.run('pnpm', ['add', '--prefer-offline', ...this.packed, ...others]);
  }

  async write(files: Record<string, string>): Promise<void> {
    for (const [name, text] of Object.entries(files)) await writeFile(join(this.folder, name), text);
  }

  async makeFolder(name: string): Promise<void> {
    await mkdir(join(this.folder, name));
  }

  /** Runs a program, which must end well, in a folder of the project, or in one elsewhere. */
  async runIn(folder: string, [file = '', ...args]: readonly string[], env: Record<string, string>): Promise<Ended> {
    return await execa(file, args, { cwd: resolve(this.folder, folder), env: { ...ENVIRONMENT, ...env } });
  }

  /** Runs a program that must end well. */
  async run(file: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
    return await execa(file, args, { cwd: this.folder, env: { ...ENVIRONMENT, ...env } });
  }

  /** Runs a program, however it ends. */
  async try(file: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
    return await execa(file, args, { cwd: this.folder, env: { ...ENVIRONMENT, ...env }, reject: false });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    rmSync(this.folder, { recursive: true });
  }
}

/** As npm lays packages out. */
const HOISTED = 'nodeLinker: hoisted\n';

/** A user's surroundings, in which no run sets Python up. */
const ENVIRONMENT = { ...PLAIN, RLM_PYTHON: PYTHON };

/** The file of a program that the project `tools` has. */
export function toolOf(name: string): string | undefined {
  const file = TOOLS[name];
  return file && join(Project.installed('tools').folder, 'node_modules', file);
}
