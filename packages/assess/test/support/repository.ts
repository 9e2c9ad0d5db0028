import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { AUTHOR, type Files, PlainGit } from './plain-git.ts';
import { COMMON, type PlainObjects } from './plain-objects.ts';

const run = promisify(execFile);

const ENVIRONMENT = {
  ...process.env,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_AUTHOR_NAME: AUTHOR.name,
  GIT_AUTHOR_EMAIL: AUTHOR.email,
  GIT_AUTHOR_DATE: AUTHOR.date,
  GIT_COMMITTER_NAME: AUTHOR.name,
  GIT_COMMITTER_EMAIL: AUTHOR.email,
  GIT_COMMITTER_DATE: AUTHOR.date,
};

/** Nothing is tidied up after a commit. */
const SETTINGS = ['-c', 'protocol.file.allow=always', '-c', 'maintenance.auto=false'];
/** A shell starts two processes for less than this one. */
const COMMIT = `git add -A && exec git ${SETTINGS.join(' ')} -c core.abbrev=no commit --allow-empty -m "$1"`;

/** A real git repository in a temporary folder that goes with the test. */
export class Repository {
  readonly path: string;
  readonly #plain: PlainGit;

  private constructor(path: string, common?: PlainObjects) {
    this.path = path;
    this.#plain = new PlainGit(path, common);
  }

  /** With the branch main, and one commit of these files; with branches off it, of a commit each. One of them is checked out. */
  static async create(
    files: Files = { 'a.txt': 'one\ntwo\nthree\n' },
    branches: Record<string, Files> = {},
    head = 'main',
  ): Promise<Repository> {
    return await Repository.#made(new Repository(await temporaryFolder(), COMMON), files, branches, head);
  }

  /** The same, in an empty folder, and with nothing in common with others. */
  static async createAt(
    path: string,
    files: Files,
    branches: Record<string, Files> = {},
    head = 'main',
  ): Promise<Repository> {
    return await Repository.#made(new Repository(path), files, branches, head);
  }

  static async #made(
    repository: Repository,
    files: Files,
    branches: Record<string, Files>,
    head: string,
  ): Promise<Repository> {
    const git = repository.#plain;
    git.begin(head);
    const entries = git.with(new Map(), files);
    git.index = entries;
    const start = git.commit('main', 'Start', entries);
    for (const [name, its] of Object.entries(branches)) {
      const all = git.with(entries, its);
      git.commit(name, `Work of ${name}`, all, start);
      if (name === head) git.index = all;
    }
    await repository.write({ ...files, ...branches[head] });
    return repository;
  }

  static async at(path: string): Promise<Repository> {
    return new Repository(path);
  }

  async git(...args: string[]): Promise<string> {
    const { stdout } = await run('git', [...SETTINGS, ...args], { cwd: this.path, env: ENVIRONMENT });
    return stdout.replace(/\n$/, '');
  }

  async write(files: Files): Promise<void> {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(this.path, name)), { recursive: true });
      await writeFile(join(this.path, name), content);
    }
  }

  /** A commit of all that is in the work tree, these files among it. */
  async commit(message: string, files: Files = {}): Promise<string> {
    await this.write(files);
    const { stdout: said } = await run('sh', ['-c', COMMIT, 'sh', message], { cwd: this.path, env: ENVIRONMENT });
    const id = /^\[.* ([0-9a-f]{40,})\] /m.exec(said)?.[1];
    if (id === undefined) throw new Error(`git does not say what it committed: ${said}`);
    return id;
  }

  /** A commit of these files beside what the index has, whatever else is in the work tree. */
  async add(message: string, files: Files): Promise<string> {
    await this.write(files);
    const git = this.#plain;
    const { branch, commit } = git.head;
    if (branch === undefined) throw new Error(`No branch is checked out in ${this.path}.`);
    git.index = git.with(git.index, files);
    return git.commit(branch, message, git.index, commit);
  }

  /** A branch off what is checked out, which stays so, with one commit of these files. */
  async branch(name: string, files: Files, message = `Work of ${name}`): Promise<void> {
    const git = this.#plain;
    git.commit(name, message, git.with(git.index, files), git.head.commit);
  }

  /** The commit that is checked out. */
  get head(): string {
    return this.#plain.head.commit;
  }

  /** A branch at what is checked out, which stays so; there may be one of that name. */
  point(name: string): void {
    this.#plain.point(name);
  }

  /** A branch at what is checked out, checked out in its place. */
  async begin(name: string): Promise<void> {
    this.#plain.switchTo(name);
  }
}

/** It is removed at once: file by file, in the background, that takes four times the CPU time. */
export async function temporaryFolder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'rlm-assess-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
