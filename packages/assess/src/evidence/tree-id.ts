import { createHash } from 'node:crypto';
import type { Entry } from './git-entries.ts';
import type { Pace } from './pace.ts';

/**
 * The id that git gives to the tree of these files, which are in the order of an index. Ids of 64 digits are SHA-256.
 * @param found Told what git would keep of each folder.
 */
export async function treeId(
  files: readonly Entry[],
  idLength: number,
  pace: Pace,
  found: (id: string, bytes: Buffer) => void = () => {},
): Promise<string> {
  const hash = idLength === 64 ? 'sha256' : 'sha1';
  return await idOf(files, { from: 0, to: files.length, depth: 0 }, { hash, pace, found });
}

/** Files that are in one folder, whose path has so many bytes, its slash included. */
interface Folder {
  from: number;
  to: number;
  depth: number;
}

interface Making {
  hash: string;
  pace: Pace;
  found: (id: string, bytes: Buffer) => void;
}

async function idOf(files: readonly Entry[], { from, to, depth }: Folder, making: Making): Promise<string> {
  const parts: Buffer[] = [];
  for (let at = from; at < to; await making.pace.step()) {
    const { path, mode, blob } = files[at] as Entry;
    const slash = path.indexOf(SLASH, depth);
    const first = at++;
    if (slash === -1) {
      parts.push(Buffer.from(`${mode} `), path.subarray(depth), ZERO, Buffer.from(blob, 'hex'));
      continue;
    }
    const folder = path.subarray(0, slash + 1);
    while (at < to && files[at]?.path.subarray(0, slash + 1).equals(folder)) at++;
    const id = await idOf(files, { from: first, to: at, depth: slash + 1 }, making);
    parts.push(Buffer.from('40000 '), path.subarray(depth, slash), ZERO, Buffer.from(id, 'hex'));
  }
  const tree = Buffer.concat(parts);
  const id = createHash(making.hash).update(`tree ${tree.length}\0`).update(tree).digest('hex');
  making.found(id, tree);
  return id;
}

const SLASH = 0x2f;
const ZERO = Buffer.of(0);
