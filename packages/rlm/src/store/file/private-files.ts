import { constants, type Stats } from 'node:fs';
import { chmod, type FileHandle, link, lstat, mkdir, open, rm, stat } from 'node:fs/promises';
import { type UnsafeReason, unsafeFolder, unsafeStats } from '@rlm-bridge/files';
import { inStore, storeFault } from '../store-errors.ts';

const { O_RDONLY, O_RDWR, O_CREAT, O_EXCL, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants;

const CHUNK_BYTES = 1024 * 1024;

/** Nobody else may read what a run was about, whatever the umask. */
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

const FLAGS = {
  read: O_RDONLY,
  update: O_RDWR,
  append: O_RDWR | O_APPEND | O_CREAT,
  new: O_RDWR | O_CREAT | O_EXCL,
};

/** What a file system without hard links says, and one whose file has as many as it can. */
const NO_LINK = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV'];

/** The folder that the user named; a link to one is followed. Others may read its names. */
export async function makeRoot(path: string): Promise<void> {
  if ((await mkdir(path, { recursive: true, mode: FOLDER_MODE })) !== undefined) await chmod(path, FOLDER_MODE);
  await checkFolder(path);
}

/** A folder of the store's own, made if it is not there; its parent is one, and checked. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: FOLDER_MODE });
    await chmod(path, FOLDER_MODE);
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
    await checkOwnFolder(path);
  }
}

/** @returns false: it is not there. @throws {RLMError} `store_failed` for what is no folder, or not this user's alone. */
export async function checkOwnFolder(path: string): Promise<boolean> {
  return (await ownFolder(path)) !== undefined;
}

/** What the system says of such a folder; undefined: it is not there. @throws {RLMError} as `checkOwnFolder` */
export async function ownFolder(path: string): Promise<Stats | undefined> {
  const stats = await lstat(path).catch(unless('ENOENT'));
  if (stats === undefined) return undefined;
  if (!stats.isDirectory()) throw storeFault(path, 'it is a link or file where a folder should be', 'Remove it');
  requireSafe(path, unsafeStats(stats));
  return stats;
}

/** Whether it is there, and no link to one. */
export async function isFolder(path: string): Promise<boolean> {
  return (await lstat(path).catch(unless('ENOENT')))?.isDirectory() ?? false;
}

/** @returns false: it is not there. @throws {RLMError} `store_failed`: others could write what would be believed. */
export async function checkFolder(path: string): Promise<boolean> {
  requireSafe(path, await unsafeFolder(path));
  return (await stat(path).catch(unless('ENOENT'))) !== undefined;
}

function requireSafe(path: string, reason: UnsafeReason | null): void {
  if (reason === 'owner') throw storeFault(path, 'it belongs to another user', 'Use a folder of this user');
  if (reason === 'mode') {
    const advice = `Run "chmod go-w ${path}" if you trust what is in it, or use another folder`;
    throw storeFault(path, 'others can write it', advice);
  }
}

/** Opens a file of the store's own, and no link, pipe or device in its place. */
export async function openFile(path: string, how: keyof typeof FLAGS): Promise<FileHandle> {
  return (await openWithStats(path, how)).handle;
}

/** A small file of the store's own: its text, and what the system says of it. */
export async function readSmall(path: string): Promise<{ text: string; stats: Stats }> {
  const { handle, stats } = await openWithStats(path, 'read');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(stats.size), 0, stats.size, 0);
    return { text: buffer.toString('utf8', 0, bytesRead), stats };
  } finally {
    await handle.close();
  }
}

/** The same, with what the system says of it. */
export async function openWithStats(
  path: string,
  how: keyof typeof FLAGS,
): Promise<{ handle: FileHandle; stats: Stats }> {
  const handle = await open(path, FLAGS[how] | O_NOFOLLOW | O_NONBLOCK, FILE_MODE);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw storeFault(path, 'it is no regular file', 'Remove it');
    if (how === 'append' || how === 'new') await handle.chmod(FILE_MODE);
    return { handle, stats };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * Makes a file that appears with its content in it, or as good as that where there are no hard links.
 * @returns false: it is there already.
 */
export async function createWhole(path: string, part: string, text: string): Promise<boolean> {
  try {
    await writeNew(part, text);
    if (await tryLink(part, path)) return true;
    await writeNew(path, text);
    return true;
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(part, { force: true });
  }
}

/** @returns false: this file system cannot. */
export async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (isErrno(error, ...NO_LINK)) return false;
    throw error;
  }
}

async function writeNew(path: string, text: string): Promise<void> {
  const handle = await openFile(path, 'new');
  try {
    await handle.writeFile(text);
  } finally {
    await handle.close();
  }
}

/** The bytes of a file from `start` up to `size`, or fewer if it has them no more. @throws {RLMError} `store_failed` */
export async function* chunksOf(
  path: string,
  handle: FileHandle,
  size: number,
  start = 0,
): AsyncGenerator<Buffer, void, void> {
  for (let at = start; at < size; ) {
    const length = Math.min(CHUNK_BYTES, size - at);
    const { buffer, bytesRead } = await inStore(path, () => handle.read(Buffer.allocUnsafe(length), 0, length, at));
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** Makes what was done in a folder survive the machine. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export function isErrno(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

/** For `catch`: undefined for these errors, and any other is thrown. */
export function unless(...codes: string[]): (error: unknown) => undefined {
  return (error) => {
    if (!isErrno(error, ...codes)) throw error;
  };
}
