import { lstat, readFile, readlink } from 'node:fs/promises';
import { WorkerError } from '../errors.ts';
import type { Git } from './git.ts';
import { type Side, SUBMODULE } from './git-changes.ts';

/** Reads sides of changes: blobs in one `cat-file --batch`, files of the work tree from disk. */
export class SideReader {
  readonly #git: Git;
  readonly #blobs: ReadonlyMap<string, Buffer>;

  private constructor(git: Git, blobs: ReadonlyMap<string, Buffer>) {
    this.#git = git;
    this.#blobs = blobs;
  }

  static async open(git: Git, sides: readonly (Side | null)[]): Promise<SideReader> {
    const wanted = sides.flatMap((side) => (side?.blob && side.mode !== SUBMODULE ? [side.blob] : []));
    return new SideReader(git, await readBlobs(git, [...new Set(wanted)]));
  }

  async read(side: Side): Promise<Buffer> {
    if (side.blob === null) return readFromDisk(this.#git.cwd, side.path);
    const blob = this.#blobs.get(side.blob);
    if (blob === undefined) throw new WorkerError('evidence_unreadable', `The blob ${side.blob} was not read.`);
    return blob;
  }
}

async function readBlobs(git: Git, ids: readonly string[]): Promise<Map<string, Buffer>> {
  const blobs = new Map<string, Buffer>();
  if (ids.length === 0) return blobs;
  const output = await git.run(['cat-file', '--batch'], ids.map((id) => `${id}\n`).join(''));
  let at = 0;
  for (const id of ids) {
    const end = output.indexOf(0x0a, at);
    const header = output.toString('utf8', at, end);
    const size = /^[0-9a-f]+ blob (\d+)$/.exec(header)?.[1];
    if (size === undefined) {
      const advice = 'In a partial or shallow clone, fetch it first.';
      throw new WorkerError('evidence_unreadable', `git has no blob ${id} (${header}). ${advice}`);
    }
    blobs.set(id, output.subarray(end + 1, end + 1 + Number(size)));
    at = end + 1 + Number(size) + 1;
  }
  return blobs;
}

/** A file as it is; of a link, where it points. */
async function readFromDisk(folder: string, path: Buffer): Promise<Buffer> {
  const full = Buffer.concat([Buffer.from(`${folder}/`), path]);
  try {
    const stats = await lstat(full);
    if (stats.isSymbolicLink()) return await readlink(full, 'buffer');
    if (stats.isFile()) return await readFile(full);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new WorkerError('evidence_unreadable', `${full} cannot be read: ${reason}`, { cause });
  }
  throw new WorkerError('evidence_unreadable', `${full} is not a regular file.`);
}
