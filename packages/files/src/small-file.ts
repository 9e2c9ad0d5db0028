import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';

/** Bytes of a file that is read in one go, at most. */
const SMALL_BYTES = 256 * 1024;

const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW | constants.O_NOCTTY;

const taken = Buffer.allocUnsafeSlow(SMALL_BYTES + 1);

/**
 * All bytes of a small regular file, read at once: a turn of the event loop for each step takes ten times as long. They
 * are there until the next call. Undefined where `RegularFile` is to look closer, and to say what is wrong: the file is
 * larger, a link, no file, cannot be read or is not as large as it says.
 */
export function readSmallFile(path: string): Buffer | undefined {
  // A pipe or device is never opened, and links are for the caller to have judged.
  if (!isSmallFile(statsOf(() => lstatSync(path, { throwIfNoEntry: false })))) return undefined;
  let file: number | undefined;
  try {
    file = openSync(path, FLAGS);
    const stats = fstatSync(file);
    if (!isSmallFile(stats)) return undefined;
    const read = readSync(file, taken, 0, stats.size + 1, 0);
    return read === stats.size ? taken.subarray(0, read) : undefined;
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** The size in bytes of what is a regular file, links followed; undefined where `regularFileSize` is to say what it is. */
export function sizeNow(path: string): number | undefined {
  const stats = statsOf(() => statSync(path, { throwIfNoEntry: false }));
  return stats?.isFile() === true ? stats.size : undefined;
}

function isSmallFile(stats: Stats | undefined): boolean {
  return stats?.isFile() === true && stats.size <= SMALL_BYTES;
}

function statsOf(look: () => Stats | undefined): Stats | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
