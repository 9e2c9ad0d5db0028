import { WorkerError } from '../api/errors.ts';
import type { Git } from './git.ts';

/** What git keeps of a path. */
export interface Entry {
  mode: string;
  blob: string;
  path: Buffer;
}

export interface IndexEntry extends Entry {
  /** It is one side of a merge that is not done. */
  isUnmerged: boolean;
  /** git was told to take it for what the index says, there or not. */
  isSkipped: boolean;
}

/** A path as a key: each of its bytes is a character. */
export function keyOf(path: Buffer): string {
  return path.toString('latin1');
}

/** The files of a commit, by their key. */
export async function readTree(git: Git, commit: string): Promise<Map<string, Entry>> {
  const fields = await git.fields(['ls-tree', '-r', '-z', '--full-tree', commit]);
  const entries = fields.map((field): Entry => {
    const [, mode = '', blob = ''] = matched(/^(\d{6}) \w+ ([0-9a-f]+)\t/, field);
    return { mode, blob, path: afterTab(field) };
  });
  return new Map(entries.map((entry) => [keyOf(entry.path), entry]));
}

/** What helps where an object is not there. */
export const FETCH_FIRST = 'In a partial or shallow clone, fetch it first (git fetch --refetch --no-filter).';

/** The paths of a work tree. */
export interface Paths {
  /**
   * What the index has of every path, by its key, and of what it was told to overlook. A path of a merge that is not done is
   * there once.
   */
  index: Map<string, IndexEntry>;
  /** Those that are neither in the index nor ignored; a repository of its own ends with a slash. */
  others: Buffer[];
}

export async function readPaths(git: Git): Promise<Paths> {
  const index = new Map<string, IndexEntry>();
  const others: Buffer[] = [];
  for (const field of await git.fields(['ls-files', ...SHOWN, '--cached', '--others', '--exclude-standard'])) {
    if (field.indexOf(OTHER) === 0) {
      others.push(field.subarray(OTHER.length));
    } else {
      const [, tag = '', mode = '', blob = '', stage] = matched(/^(\S) (\d{6}) ([0-9a-f]+) (\d)\t/, field);
      const path = afterTab(field);
      const isSkipped = tag.toUpperCase() === 'S';
      index.set(keyOf(path), { mode, blob, path, isUnmerged: stage !== '0', isSkipped });
    }
  }
  return { index, others };
}

/** A tag, and of what the index has its mode, id and stage. */
const SHOWN = ['-s', '-v', '-z'];
const OTHER = '? ';

function matched(pattern: RegExp, field: Buffer): RegExpExecArray {
  const match = pattern.exec(field.toString('latin1'));
  if (match !== null) return match;
  throw new WorkerError('evidence_unreadable', `git printed an entry that cannot be read: ${String(field)}`);
}

function afterTab(field: Buffer): Buffer {
  return field.subarray(field.indexOf(0x09) + 1);
}
