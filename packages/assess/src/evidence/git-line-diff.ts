import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WorkerError } from '../api/errors.ts';
import { Git } from './git.ts';
import type { Run, Versions } from './line-runs.ts';
import { Pace } from './pace.ts';

/** Whatever the user's configuration says: two machines are to show a judge the same. */
const OPTIONS = [
  '-r',
  '--patch',
  '--text',
  '--unified=0',
  '--inter-hunk-context=0',
  '--diff-algorithm=myers',
  '--indent-heuristic',
  '--no-renames',
  '--no-color',
  '--no-ext-diff',
  '--no-textconv',
  '--src-prefix=',
  '--dst-prefix=',
];
/** Of a repository that is gone in a moment: nothing is worth compressing, or waiting for a disk. */
const CONFIG = {
  'core.attributesFile': '/dev/null',
  'core.compression': '0',
  'core.fsync': 'none',
  'fastimport.unpackLimit': '0',
};
const HERE = '--git-dir=.';

/** The lines that stay between the versions of each pair, as git finds them: two processes for all. */
export async function gitRuns(pairs: readonly Versions[], signal?: AbortSignal): Promise<Run[][]> {
  if (pairs.length === 0) return [];
  const folder = await mkdtemp(join(tmpdir(), 'rlm-lines-'));
  try {
    const git = new Git(folder, signal).configured(CONFIG);
    await Promise.all([
      mkdir(join(folder, 'objects')),
      mkdir(join(folder, 'refs')),
      writeFile(join(folder, 'HEAD'), 'ref: refs/heads/after\n'),
    ]);
    await git.run([HERE, 'fast-import', '--quiet', '--depth=0'], await versionsStream(pairs, new Pace(signal)));
    const output = await git.run([HERE, 'diff-tree', ...OPTIONS, 'refs/heads/before', 'refs/heads/after', '--']);
    return await readRuns(String(output), pairs, new Pace(signal));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Two commits, each with one side of every pair, for `fast-import`. Of a line there is its indent and a number, which is the
 * same for equal lines: no word of the work is written.
 */
async function versionsStream(pairs: readonly Versions[], pace: Pace): Promise<string> {
  const sides: Record<keyof Versions, string[]> = { before: [], after: [] };
  for (const [index, versions] of pairs.entries()) {
    const numbers = new Map<string, number>();
    for (const side of ['before', 'after'] as const) {
      const text = await numbered(versions[side], numbers, pace);
      sides[side].push(`M 100644 inline ${index}\ndata ${text.length}\n${text}\n`);
    }
  }
  const commits = Object.entries(sides).map(
    ([side, files]) => `commit refs/heads/${side}\ncommitter rlm <rlm> 0 +0000\ndata 0\n${files.join('')}\n`,
  );
  return commits.join('');
}

async function numbered(lines: readonly string[], numbers: Map<string, number>, pace: Pace): Promise<string> {
  const written: string[] = [];
  for (const [at, line] of lines.entries()) {
    let number = numbers.get(line);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(line, number);
    }
    written.push(line === '' ? '\n' : `${/^[ \t]{0,80}/.exec(line)?.[0] ?? ''}${number}\n`);
    if (at % 1024 === 0) await pace.step();
  }
  return written.join('');
}

/** The runs between the hunks of a patch without context. */
async function readRuns(patch: string, pairs: readonly Versions[], pace: Pace): Promise<Run[][]> {
  const readers = pairs.map((versions) => new HunkReader(versions));
  let reader: HunkReader | undefined;
  for (const [, file, hunk] of patch.matchAll(/^(?:diff --git (\d+) \d+|(@@ .* @@).*)$/gm)) {
    if (file !== undefined) reader = readers[Number(file)];
    if (hunk !== undefined) reader?.hunk(hunk);
    await pace.step();
  }
  return await pace.map(readers, (one) => one.end());
}

/** Goes through both versions of one pair, hunk by hunk. */
class HunkReader {
  readonly #versions: Versions;
  readonly #runs: Run[] = [];
  #old = 0;
  #now = 0;

  constructor(versions: Versions) {
    this.#versions = versions;
  }

  hunk(header: string): void {
    const [, from = '', length = '1', to = '', size = '1'] = HUNK.exec(header) ?? [];
    this.#keepUntil(startOf(from, length), startOf(to, size));
    this.#old += Number(length);
    this.#now += Number(size);
  }

  end(): Run[] {
    this.#keepUntil(this.#versions.before.length, this.#versions.after.length);
    return this.#runs;
  }

  /** @throws {WorkerError} when what lies before a hunk is not the same in both: the output was not understood. */
  #keepUntil(old: number, now: number): void {
    const { before, after } = this.#versions;
    const run = { before: this.#old, after: this.#now, count: old - this.#old };
    let isSame = run.count === now - this.#now;
    for (let at = 0; at < run.count && isSame; at++) isSame = before[run.before + at] === after[run.after + at];
    if (!isSame || Number.isNaN(old)) {
      throw new WorkerError('evidence_unreadable', 'git printed a comparison of lines that cannot be read.');
    }
    this.#runs.push(run);
    [this.#old, this.#now] = [old, now];
  }
}

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@$/;

/** Of no line git names the one before it. */
function startOf(line: string, length: string): number {
  const number = line === '' ? Number.NaN : Number(line);
  return length === '0' ? number : number - 1;
}
