import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { expect } from 'vitest';
import { Page, type Snippet } from '../../markdown.ts';
import { IMAGE, PYTHON } from './run.ts';

const root = resolve(import.meta.dirname, '../../..');
const tsc = resolve(root, '../../node_modules/.bin/tsc');

/**
 * The TypeScript blocks of a page as programs: one folder each, named by heading and number ("Quickstart 1"), inside a
 * package, where the names of the workspace's packages mean the packages themselves.
 */
export class SnippetFolder implements AsyncDisposable {
  readonly names: readonly string[];
  readonly folder: string;

  private constructor(folder: string, names: string[]) {
    this.folder = folder;
    this.names = names;
  }

  /** `files` lie beside each program. `home`: the package; default: `rlm-bridge`. */
  static async of(page: string, files: Record<string, string> = {}, home = root): Promise<SnippetFolder> {
    const folder = await mkdtemp(join(home, '.readme-'));
    const named = numbered(new Page(page).snippets);
    for (const { name, code } of named) {
      await mkdir(join(folder, name));
      await writeFile(join(folder, name, 'snippet.ts'), code);
      for (const [file, text] of Object.entries(files)) await writeFile(join(folder, name, file), text);
    }
    return new SnippetFolder(
      folder,
      named.map(({ name }) => name),
    );
  }

  /** Fails the test when any does not compile against the public types. */
  async expectToCompile(): Promise<void> {
    await expectToCompile(this);
  }

  /** Runs one, which must end well and write nothing to stderr, and returns what it printed. `flags` are Node's. */
  async run(name: string, env: Record<string, string> = {}, flags: readonly string[] = []): Promise<string> {
    const { stdout, stderr, exitCode } = await execa(
      process.execPath,
      ['--conditions=source', ...flags, 'snippet.ts'],
      {
        cwd: join(this.folder, name),
        env: { RLM_PYTHON: PYTHON, RLM_SANDBOX_IMAGE: IMAGE, ...env },
        reject: false,
      },
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}

/** Fails the test when a program in these folders, all of one package, does not compile against the public types. */
export async function expectToCompile(...pages: readonly SnippetFolder[]): Promise<void> {
  const [folder = expect.unreachable('no page')] = pages.map((page) => page.folder);
  const include = pages.map((page) => join(page.folder, '*/snippet.ts'));
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ extends: '../../../tsconfig.base.json', include }));
  const { stdout, exitCode } = await execa(tsc, ['-p', folder, '--listFiles'], { reject: false });
  expect({ exitCode, errors: stdout.match(/^.*error TS.*$/gm) }).toEqual({ exitCode: 0, errors: null });
  expect(stdout.match(/snippet\.ts$/gm)).toHaveLength(pages.flatMap(({ names }) => names).length);
}

function numbered(snippets: Snippet[]): { name: string; code: string }[] {
  const counts = new Map<string, number>();
  return snippets.map(({ heading, code }) => {
    const number = (counts.get(heading) ?? 0) + 1;
    counts.set(heading, number);
    return { name: `${heading.replaceAll(/[^\w ]/g, '').trim()} ${number}`, code };
  });
}
