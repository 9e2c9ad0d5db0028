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

/** What the index has of every path, and of what it was told to overlook. A path of a merge that is not done is there once. */
export async function readIndex(git: Git): Promise<Map<string, IndexEntry>> {
  const fields = await git.fields(['ls-files', '-s', '-v', '-z']);
  const entries = fields.map((field): IndexEntry => {
    const [, tag = '', mode = '', blob = '', stage] = matched(/^(\S) (\d{6}) ([0-9a-f]+) (\d)\t/, field);
    return { mode, blob, path: afterTab(field), isUnmerged: stage !== '0', isSkipped: tag.toUpperCase() === 'S' };
  });
  return new Map(entries.map((entry) => [keyOf(entry.path), entry]));
}

function matched(pattern: RegExp, field: Buffer): RegExpExecArray {
  const match = pattern.exec(field.toString('latin1'));
  if (match !== null) return match;
  throw new WorkerError('evidence_unreadable', `git printed an entry that cannot be read: ${String(field)}`);
}

function afterTab(field: Buffer): Buffer {
  return field.subarray(field.indexOf(0x09) + 1);
}
