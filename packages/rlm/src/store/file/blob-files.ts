import { createHash } from 'node:crypto';
import { lstat, readdir, rename, rm } from 'node:fs/promises';
import type { StoredBlob } from '../../api/run-store.ts';
import { blobNotFound, inStore, storeFault } from '../store-errors.ts';
import type { Durability } from './journal-file.ts';
import {
  checkOwnFolder,
  chunksOf,
  isErrno,
  isFolder,
  openFile,
  openWithStats,
  syncFolder,
  tryLink,
  unless,
} from './private-files.ts';
import type { RunFolder } from './store-folder.ts';

/** Each of them means that the same content was put for the same run in that moment. */
const ATTEMPTS = 100;

const SHA256 = /^[0-9a-f]{64}$/;

/**
 * Blobs are shared by hard links: the system counts how many runs have one, and a run's own name for it keeps it whatever
 * other processes remove meanwhile. Where there are no hard links, each run has a copy of its own.
 */
export async function putBlob(
  folder: RunFolder,
  content: AsyncIterable<Uint8Array>,
  durability: Durability,
): Promise<StoredBlob> {
  const part = folder.part();
  try {
    const blob = await writePart(part, content, durability);
    await inStore(folder.blobs, async () => {
      await folder.makeForBlob(blob.sha256);
      await place(part, folder.blob(blob.sha256), folder.sharedBlob(blob.sha256), blob.bytes);
      if (durability === 'disk') await syncFolder(folder.blobs);
    });
    return blob;
  } finally {
    await rm(part, { force: true });
  }
}

/** @throws {RLMError} `blob_not_found`, `store_failed` */
export async function* readBlob(
  runId: string,
  folder: RunFolder,
  sha256: string,
): AsyncGenerator<Uint8Array, void, void> {
  if (!SHA256.test(sha256)) throw blobNotFound(runId, sha256);
  const path = folder.blob(sha256);
  await inStore(path, () => checkOwnFolder(folder.blobs));
  const opened = await inStore(path, () => openWithStats(path, 'read').catch(unless('ENOENT')));
  if (opened === undefined) throw blobNotFound(runId, sha256);
  const { handle, stats } = opened;
  try {
    const hash = createHash('sha256');
    for await (const chunk of chunksOf(path, handle, stats.size)) {
      hash.update(chunk);
      yield chunk;
    }
    if (hash.digest('hex') === sha256) return;
  } finally {
    await handle.close();
  }
  throw storeFault(path, 'its content is not what was put there', 'Look at the disk it is on, and run again');
}

/** Removes the blobs of a run that is being removed, and what nobody else has of them. */
export async function removeBlobs(folder: RunFolder): Promise<void> {
  // What a link leads to is no run's.
  if (!(await isFolder(folder.blobs))) return;
  const names = (await readdir(folder.blobs).catch(unless('ENOENT'))) ?? [];
  for (const sha256 of names.filter((name) => SHA256.test(name))) {
    const shared = folder.sharedBlob(sha256);
    // Before, as this may be cut short; and after, as the other run that has it may be removed at the same time.
    await removeUnlessShared(shared, 2);
    await rm(folder.blob(sha256), { force: true });
    await removeUnlessShared(shared, 1);
  }
}

async function writePart(
  part: string,
  content: AsyncIterable<Uint8Array>,
  durability: Durability,
): Promise<StoredBlob> {
  const hash = createHash('sha256');
  let bytes = 0;
  const handle = await inStore(part, () => openFile(part, 'new'));
  try {
    for await (const chunk of content) {
      hash.update(chunk);
      bytes += chunk.length;
      await inStore(part, () => handle.writeFile(chunk));
    }
    if (durability === 'disk') await inStore(part, () => handle.sync());
  } finally {
    await handle.close();
  }
  return { sha256: hash.digest('hex'), bytes };
}

/** Gives the run what the store has, or else the store what the run has: never the store what no run has. */
async function place(part: string, own: string, shared: string, bytes: number): Promise<void> {
  // One of another size was cut short when its machine went down.
  if (await hasSize(own, bytes)) return;
  if ((await hasSize(shared, bytes)) && (await tryLinkTo(shared, own))) return;
  await rename(part, own);
  if ((await hasSize(shared, bytes)) === false) await rm(shared, { force: true });
  await share(own, shared);
}

/** Gives the store what the run has, which another call may put in its place anew in that moment. */
async function share(own: string, shared: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return void (await tryLink(own, shared));
    } catch (error) {
      if (isErrno(error, 'EEXIST')) return;
      if (!isErrno(error, 'ENOENT') || attempt === ATTEMPTS) throw error;
    }
  }
}

async function tryLinkTo(shared: string, own: string): Promise<boolean> {
  return (await tryLink(shared, own).catch(unless('ENOENT', 'EEXIST'))) ?? false;
}

/** Undefined: there is none. */
async function hasSize(path: string, bytes: number): Promise<boolean | undefined> {
  const stats = await lstat(path).catch(unless('ENOENT'));
  return stats?.isFile() && stats.size === bytes;
}

async function removeUnlessShared(path: string, links: number): Promise<void> {
  const stats = await lstat(path).catch(unless('ENOENT'));
  if (stats !== undefined && stats.nlink <= links) await rm(path, { force: true });
}
