import { FileError, readRegularFile, regularFileSize } from '@rlm-bridge/files';
import { WorkerError } from '../api/errors.ts';
import type { Limits } from './limits.ts';

/** The bytes of a regular file, measured before any of them is read. @throws {WorkerError} */
export async function readFile(
  path: string | Buffer,
  { reading, signal }: Pick<Limits, 'reading' | 'signal'>,
): Promise<Buffer> {
  try {
    signal?.throwIfAborted();
    reading.take(String(path), await regularFileSize(path));
    return await readRegularFile(path, reading.maxFileBytes, signal);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new WorkerError('evidence_unreadable', `${error.message}. Remove it, or exclude it.`, { cause: error });
  }
}
