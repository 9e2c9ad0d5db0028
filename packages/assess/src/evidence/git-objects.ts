import { createHash } from 'node:crypto';
import { lstat, readlink } from 'node:fs/promises';
import { FileError } from '@rlm-bridge/files';
import { WorkerError } from '../api/errors.ts';
import type { GitObject } from './cat-file.ts';
import { decodePath } from './decode-text.ts';
import type { Git } from './git.ts';
import { type Side, SUBMODULE } from './git-changes.ts';
import { FETCH_FIRST } from './git-entries.ts';
import type { Limits } from './limits.ts';
import { Pace } from './pace.ts';
import { readFile } from './read-file.ts';

/** Bytes of blobs that are held at once. */
const BATCH_BYTES = 32_000_000;
/** Bytes that are hashed in one go. */
const SLICE_BYTES = 4_000_000;

/** Reads sides of changes: blobs many at a time, files of the work tree from disk. */
export class SideReader {
  readonly #git: Git;
  readonly #limits: Limits;
  /** Bytes of each blob. */
  readonly #sizes: ReadonlyMap<string, number>;
  /** All of them, where they are few enough. */
  readonly #all: ReadonlyMap<string, Buffer> | null;
  #blobs: ReadonlyMap<string, Buffer> = new Map();

  private constructor(
    git: Git,
    limits: Limits,
    sizes: ReadonlyMap<string, number>,
    all: ReadonlyMap<string, Buffer> | null,
  ) {
    this.#git = git;
    this.#limits = limits;
    this.#sizes = sizes;
    this.#all = all;
  }

  /** Measures all of them, and reads none unless they are held at once anyway. @throws {WorkerError} `evidence_too_large` */
  static async open(git: Git, sides: readonly (Side | null)[], limits: Limits): Promise<SideReader> {
    const wanted = new Map<string, string>();
    for (const side of sides) {
      const blob = blobOf(side);
      if (side !== null && blob !== null) wanted.set(blob, decodePath(side.path));
    }
    const all = await readSmallBlobs(git, [...wanted.keys()]);
    const sizes = all === null ? await measureBlobs(git, [...wanted.keys()]) : sizesOf(all);
    for (const [id, path] of wanted) limits.reading.take(path, sizes.get(id) ?? 0);
    return new SideReader(git, limits, sizes, all);
  }

  /** Changes in order, as many at a time as are read together: their sides can be read, until the next are asked for. */
  async *batches<T extends { before: Side | null; after: Side | null }>(changes: readonly T[]): AsyncGenerator<T[]> {
    for (let at = 0; at < changes.length; ) {
      const batch: T[] = [];
      const ids = new Set<string>();
      for (let bytes = 0; at < changes.length && bytes < BATCH_BYTES; at++) {
        const change = changes[at];
        if (change === undefined) break;
        batch.push(change);
        for (const id of [blobOf(change.before), blobOf(change.after)]) {
          if (id === null || ids.has(id)) continue;
          ids.add(id);
          bytes += this.#sizes.get(id) ?? 0;
        }
      }
      this.#blobs = this.#all ?? (await readBlobs(this.#git, [...ids]));
      yield batch;
    }
  }

  async read(side: Side): Promise<Buffer> {
    if (side.blob === null) return await readFromDisk(this.#git.cwd, side.path, this.#limits);
    const blob = this.#blobs.get(side.blob);
    if (blob === undefined) throw new WorkerError('evidence_unreadable', `The blob ${side.blob} was not read.`);
    return blob;
  }
}

/** The blob of a side that has one. */
function blobOf(side: Side | null): string | null {
  return side === null || side.mode === SUBMODULE ? null : side.blob;
}

async function measureBlobs(git: Git, ids: readonly string[]): Promise<Map<string, number>> {
  const output = await git.run(['cat-file', '--batch-check'], idLines(ids));
  const headers = String(output).trimEnd().split('\n');
  return new Map(ids.map((id, index) => [id, sizeOf(id, headers[index] ?? '')]));
}

function sizesOf(blobs: ReadonlyMap<string, Buffer>): Map<string, number> {
  return new Map([...blobs].map(([id, blob]) => [id, blob.length]));
}

/** Blobs by their ids; null: with what git says of each, they are more than that. */
export async function readSmallBlobs(
  git: Git,
  ids: readonly string[],
  maxBytes = BATCH_BYTES,
): Promise<Map<string, Buffer> | null> {
  if (ids.length === 0) return new Map();
  const found = await git.objectsWithin(maxBytes, ids);
  return found === null ? null : await blobsIn(git, ids, found);
}

/** Blobs by their ids. What is not of its id was put in its place. */
export async function readBlobs(git: Git, ids: readonly string[]): Promise<Map<string, Buffer>> {
  if (ids.length === 0) return new Map();
  return await blobsIn(git, ids, await git.objects(ids));
}

/** What git has of them. */
async function blobsIn(git: Git, ids: readonly string[], found: readonly GitObject[]): Promise<Map<string, Buffer>> {
  const blobs = new Map<string, Buffer>();
  const pace = new Pace(git.signal);
  for (const [at, { line, bytes }] of found.entries()) {
    const id = ids[at] ?? '';
    sizeOf(id, line);
    if ((await pacedBlobId(bytes, id.length, pace)) !== id) {
      throw new WorkerError('evidence_unreadable', `The blob ${id} holds something else: the repository is damaged.`);
    }
    blobs.set(id, bytes);
  }
  return blobs;
}

function idLines(ids: readonly string[]): string {
  return ids.map((id) => `${id}\n`).join('');
}

function sizeOf(id: string, header: string): number {
  const size = /^[0-9a-f]+ blob (\d+)$/.exec(header)?.[1];
  if (size !== undefined) return Number(size);
  throw new WorkerError('evidence_unreadable', `git has no blob ${id} (${header}). ${FETCH_FIRST}`);
}

/** The id that git gives to a file of these bytes; ids of 64 digits are of repositories with SHA-256. */
export function blobId(bytes: Uint8Array, idLength: number): string {
  const hash = createHash(idLength === 64 ? 'sha256' : 'sha1');
  return hash.update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

async function pacedBlobId(bytes: Uint8Array, idLength: number, pace: Pace): Promise<string> {
  const hash = createHash(idLength === 64 ? 'sha256' : 'sha1').update(`blob ${bytes.length}\0`);
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
    hash.update(bytes.subarray(at, at + SLICE_BYTES));
    await pace.step();
  }
  return hash.digest('hex');
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
