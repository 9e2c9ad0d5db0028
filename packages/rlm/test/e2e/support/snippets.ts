import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { Page, type Snippet } from '../../markdown.ts';
import { runAlone, SnippetProcess } from './snippet-process.ts';

const root = resolve(import.meta.dirname, '../../..');

/**
 * The TypeScript blocks of a page as programs: one folder each, named by heading and number ("Quickstart 1"), inside a
 * package, where the names of the workspace's packages mean the packages themselves.
 */
export class SnippetFolder implements AsyncDisposable {
  readonly names: readonly string[];
  readonly folder: string;
  readonly #host: SnippetProcess;
  readonly #isHostShared: boolean;

  private constructor(folder: string, names: string[], host: SnippetProcess | undefined) {
    this.folder = folder;
    this.names = names;
    this.#host = host ?? new SnippetProcess();
    this.#isHostShared = host !== undefined;
  }

  /** `files` lie beside each program. `home`: the package; default: `rlm-bridge`. `host`: a process that others have, too. */
  static async of(
    page: string,
    files: Record<string, string> = {},
    { home = root, host }: { home?: string; host?: SnippetProcess } = {},
  ): Promise<SnippetFolder> {
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
      host,
    );
  }

  /** Runs one, once, in the process of all of them: it must end well and write nothing to stderr. Gives what it printed. */
  async run(name: string, env: Record<string, string> = {}): Promise<string> {
    return await this.#host.run(join(this.folder, name), env);
  }

  /** The same in a process of its own, which may be done again. */
  async runAlone(name: string, env: Record<string, string> = {}): Promise<string> {
    return await runAlone(join(this.folder, name), env);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isHostShared) await this.#host[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true });
  }
}

/** The same for the tests of a file or of a `describe`: made before them, and removed behind them. */
export function snippetsOf(...page: Parameters<typeof SnippetFolder.of>): () => SnippetFolder {
  let snippets: SnippetFolder | undefined;
  beforeAll(async () => {
    snippets = await SnippetFolder.of(...page);
  });
  afterAll(() => snippets?.[Symbol.asyncDispose]());
  return () => snippets ?? expect.unreachable('no test has begun');
}

function numbered(snippets: Snippet[]): { name: string; code: string }[] {
  const counts = new Map<string, number>();
  return snippets.map(({ heading, code }) => {
    const number = (counts.get(heading) ?? 0) + 1;
    counts.set(heading, number);
    return { name: `${heading.replaceAll(/[^\w ]/g, '').trim()} ${number}`, code };
  });
}
