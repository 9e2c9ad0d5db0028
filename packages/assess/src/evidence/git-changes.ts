import { WorkerError } from '../api/errors.ts';
import { decodePath } from './decode-text.ts';
import type { Git } from './git.ts';

/** Modes of git that are no regular files. */
export const EXECUTABLE = '100755';
export const SYMLINK = '120000';
export const SUBMODULE = '160000';
/** The mode and id of a side that is not there, and the id of a file of the work tree that has no blob yet. */
const ABSENT = '000000';

/** One side of a change; `blob` is null for a file that is only in the work tree. */
export interface Side {
  mode: string;
  blob: string | null;
  /** The id that a file of the work tree would have, where that is known. */
  diskId?: string;
  path: Buffer;
}

/** A changed path: `before` is null for an added one, `after` for a deleted one. */
export interface Change {
  status: 'added' | 'deleted' | 'modified' | 'renamed';
  before: Side | null;
  after: Side | null;
  /** Of the new side, or of the old one when that is all there is. */
  name: string;
  /** The new side is the index's, and the file on disk another. Default: false. */
  isStaged?: boolean;
}

const RAW = ['--raw', '-z', '-M', '--no-abbrev', '--ignore-submodules=dirty', '--no-ext-diff', '--no-textconv'];

/** What changed between two commits. */
export async function changesBetween(git: Git, base: string, head: string): Promise<Change[]> {
  return parseRaw(await git.fields(['diff-tree', '-r', ...RAW, base, head, '--']));
}

/** What git says that differs between a commit and the work tree at its top; of merges that are not done, nothing. */
export async function changesOfWorkTree(git: Git, base: string): Promise<Change[]> {
  return parseRaw(await git.fields(['diff', '--no-relative', '-O/dev/null', ...RAW, base, '--']));
}

/** What is staged: where the index differs from a commit. */
export async function changesOfIndex(git: Git, base: string): Promise<Change[]> {
  const options = ['--cached', '--ita-invisible-in-index', '--no-renames', '--ignore-submodules=dirty'];
  return parseRaw(await git.fields(['diff-index', '--raw', '-z', '--no-abbrev', ...options, base, '--']));
}

/** The records of `--raw -z`: `:modes ids status`, a path, and for renames a second path. */
export function parseRaw(fields: readonly Buffer[]): Change[] {
  const changes: Change[] = [];
  for (let at = 0; at < fields.length; ) {
    const [, modeBefore, modeAfter, blobBefore, blobAfter, letter] =
      /^:(\d+) (\d+) ([0-9a-f]+) ([0-9a-f]+) ([A-Z])\d*$/.exec(String(fields[at++])) ?? [];
    const first = fields[at++];
    if (!modeBefore || !modeAfter || !blobBefore || !blobAfter || !letter || first === undefined) {
      throw new WorkerError(
        'evidence_unreadable',
        `git printed a change that cannot be read: ${String(fields[at - 2])}`,
      );
    }
    // A merge that is not done: what counts is the file on disk.
    if (letter === 'U') continue;
    const second = letter === 'R' || letter === 'C' ? (fields[at++] ?? first) : first;
    const before = side(modeBefore, blobBefore, first);
    const after = side(modeAfter, blobAfter, second);
    changes.push({ status: statusOf(before, after, letter), before, after, name: decodePath(after ? second : first) });
  }
  return changes;
}

/** A change by its two sides, neither of them of another path. */
export function changeOf(before: Side | null, after: Side | null): Change {
  const status = before === null ? 'added' : after === null ? 'deleted' : 'modified';
  return { status, before, after, name: decodePath((after ?? before)?.path ?? Buffer.alloc(0)) };
}

function side(mode: string, blob: string, path: Buffer): Side | null {
  return mode === ABSENT ? null : { mode, blob: /^0+$/.test(blob) ? null : blob, path };
}

function statusOf(before: Side | null, after: Side | null, letter: string): Change['status'] {
  if (before === null) return 'added';
  if (after === null) return 'deleted';
  return letter === 'R' ? 'renamed' : 'modified';
}
