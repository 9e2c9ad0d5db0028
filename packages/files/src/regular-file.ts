import { constants } from 'node:fs';
import { type FileHandle, open, realpath, stat } from 'node:fs/promises';
import { FileError } from './file-error.ts';

const CHUNK_BYTES = 1024 * 1024;

/** Nothing that is opened may wait for somebody else, and nobody may put a link in the place of what was looked at. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW | constants.O_NOCTTY;

/** A regular file that is open, with the size it had then: it is read to that size, and is faulty when it has another. */
export class RegularFile {
  /** Size of the file, in bytes. */
  readonly size: number;
  /** Path of the file, without links. */
  readonly path: string | Buffer;
  readonly #handle: FileHandle;

  private constructor(path: string | Buffer, size: number, handle: FileHandle) {
    this.path = path;
    this.size = size;
    this.#handle = handle;
  }

  /**
   * Links are followed: where they lead is for the caller to have judged. A pipe or device is never opened.
   * @throws {FileError}
   */
  static async open(given: string | Buffer): Promise<RegularFile> {
    let handle: FileHandle | undefined;
    try {
      await regularFileSize(given);
      const path = typeof given === 'string' ? await realpath(given) : await realpath(given, 'buffer');
      handle = await open(path, FLAGS);
      const stats = await handle.stat();
      const error = FileError.ofKind(String(given), stats);
      if (error !== undefined) throw error;
      return new RegularFile(path, stats.size, handle);
    } catch (error) {
      await handle?.close();
      throw error instanceof FileError ? error : FileError.of(String(given), error);
    }
  }

  /**
   * Exactly `size` bytes. Looks at `signal` before each piece.
   * @throws {FileError} when there are more or less, or they cannot be read; the reason of `signal`.
   */
  async *chunks(signal?: AbortSignal): AsyncGenerator<Buffer, void, void> {
    let seen = 0;
    for (;;) {
      signal?.throwIfAborted();
      // One byte more than there should be: a file that grows, or has no size of its own, is not read to its end.
      const wanted = Math.min(CHUNK_BYTES, this.size - seen + 1);
      const chunk = await this.#read(wanted);
      seen += chunk.length;
      if (seen > this.size) throw this.#changed(`it has more than the ${this.size} bytes that its size says`);
      if (chunk.length > 0) yield chunk;
      if (chunk.length === 0 || (seen === this.size && chunk.length < wanted)) break;
    }
    if (seen < this.size) throw this.#changed(`it ended after ${seen} of ${this.size} bytes`);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #read(bytes: number): Promise<Buffer> {
    try {
      const { buffer, bytesRead } = await this.#handle.read(Buffer.allocUnsafe(bytes), 0, bytes);
      return buffer.subarray(0, bytesRead);
    } catch (error) {
      throw FileError.of(String(this.path), error);
    }
  }

  #changed(how: string): FileError {
    return new FileError('changed', `${this.path} changed while it was read, or is no plain file: ${how}`);
  }
}

/**
 * The bytes of a file that has at most `maxBytes`: it is measured before any of it is read.
 * @throws {FileError} `too_large` among others; the reason of `signal`.
 */
export async function readRegularFile(path: string | Buffer, maxBytes: number, signal?: AbortSignal): Promise<Buffer> {
  signal?.throwIfAborted();
  const file = await RegularFile.open(path);
  try {
    if (file.size > maxBytes) throw new FileError('too_large', `${path} has ${file.size} bytes, more than ${maxBytes}`);
    return Buffer.concat(await Array.fromAsync(file.chunks(signal)));
  } finally {
    await file.close();
  }
}

/** The size in bytes of what is a regular file, links followed; nothing is opened. @throws {FileError} */
export async function regularFileSize(path: string | Buffer): Promise<number> {
  const stats = await stat(path).catch((error: unknown) => {
    throw FileError.of(String(path), error);
  });
  const error = FileError.ofKind(String(path), stats);
  if (error !== undefined) throw error;
  return stats.size;
}
