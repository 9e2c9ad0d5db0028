import { createHash } from 'node:crypto';
import { lstat, readlink } from 'node:fs/promises';
import { FileError } from '@rlm-bridge/files';
import { WorkerError } from '../api/errors.ts';
import { decodePath } from './decode-text.ts';
import type { Git } from './git.ts';
import { type Side, SUBMODULE } from './git-changes.ts';
import type { Limits } from './limits.ts';
import { readFile } from './read-file.ts';

/** Reads sides of changes: blobs in one `cat-file --batch`, files of the work tree from disk. */
export class SideReader {
  readonly #git: Git;
  readonly #limits: Limits;
  readonly #blobs: ReadonlyMap<string, Buffer>;

  private constructor(git: Git, limits: Limits, blobs: ReadonlyMap<string, Buffer>) {
    this.#git = git;
    this.#limits = limits;
    this.#blobs = blobs;
  }

  static async open(git: Git, sides: readonly (Side | null)[], limits: Limits): Promise<SideReader> {
    const wanted = new Map<string, string>();
    for (const side of sides) {
      if (side?.blob && side.mode !== SUBMODULE) wanted.set(side.blob, decodePath(side.path));
    }
    await measureBlobs(git, wanted, limits);
    return new SideReader(git, limits, await readBlobs(git, [...wanted.keys()]));
  }

  async read(side: Side): Promise<Buffer> {
    if (side.blob === null) return await readFromDisk(this.#git.cwd, side.path, this.#limits);
    const blob = this.#blobs.get(side.blob);
    if (blob === undefined) throw new WorkerError('evidence_unreadable', `The blob ${side.blob} was not read.`);
    return blob;
  }
}

async function measureBlobs(git: Git, wanted: ReadonlyMap<string, string>, { reading }: Limits): Promise<void> {
  if (wanted.size === 0) return;
  const output = await git.run(['cat-file', '--batch-check'], idLines([...wanted.keys()]));
  const headers = String(output).trimEnd().split('\n');
  for (const [index, [id, path]] of [...wanted].entries()) reading.take(path, sizeOf(id, headers[index] ?? ''));
}

/** Blobs by their ids. What is not of its id was put in its place. */
export async function readBlobs(git: Git, ids: readonly string[]): Promise<Map<string, Buffer>> {
  const blobs = new Map<string, Buffer>();
  if (ids.length === 0) return blobs;
  const output = await git.run(['cat-file', '--batch'], idLines(ids));
  let at = 0;
  for (const id of ids) {
    const end = output.indexOf(0x0a, at);
    const size = sizeOf(id, output.toString('utf8', at, end));
    const blob = output.subarray(end + 1, end + 1 + size);
    if (blobId(blob, id.length) !== id) {
      throw new WorkerError('evidence_unreadable', `The blob ${id} holds something else: the repository is damaged.`);
    }
    blobs.set(id, blob);
    at = end + 1 + size + 1;
  }
  return blobs;
}

function idLines(ids: readonly string[]): string {
  return ids.map((id) => `${id}\n`).join('');
}

function sizeOf(id: string, header: string): number {
  const size = /^[0-9a-f]+ blob (\d+)$/.exec(header)?.[1];
  if (size !== undefined) return Number(size);
  const advice = 'In a partial or shallow clone, fetch it first (git fetch --refetch --no-filter).';
  throw new WorkerError('evidence_unreadable', `git has no blob ${id} (${header}). ${advice}`);
}

/** The id that git gives to a file of these bytes; ids of 64 digits are of repositories with SHA-256. */
export function blobId(bytes: Uint8Array, idLength: number): string {
  const hash = createHash(idLength === 64 ? 'sha256' : 'sha1');
  return hash.update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

/** A file as it is; of a link, where it points. */
async function readFromDisk(folder: string, path: Buffer, limits: Limits): Promise<Buffer> {
  const full = Buffer.concat([Buffer.from(`${folder}/`), path]);
  const stats = await lstat(full).catch((cause: Error) => {
    throw new WorkerError('evidence_unreadable', `${decodePath(full)} cannot be read: ${cause.message}`, { cause });
  });
  if (stats.isSymbolicLink()) return await readlink(full, 'buffer');
  const error = FileError.ofKind(decodePath(full), stats);
  if (error !== undefined) throw new WorkerError('evidence_unreadable', `${error.message}. Remove it, or exclude it.`);
  return await readFile(full, limits);
}
