import { manyAtOnce, regularFileSize, sizeNow } from '@rlm-bridge/files';
import { RLMError } from '../api/errors.ts';
import { tooMuch } from './file-errors.ts';
import type { ContextLimits } from './file-request.ts';
import type { NamedFile } from './find-files.ts';

/** Names and paths travel in one message, beside what else a run is told; JSON may double them. */
const MAX_NAME_BYTES = 16_000_000;

/**
 * That each file is one, and that all keep the limits, before any of them is read.
 * @throws {FileError} @throws {RLMError} `context_too_large`, `context_too_many_files`
 */
export async function measureFiles(
  files: readonly NamedFile[],
  { maxFiles, maxFileBytes, maxBytes, memoryMb }: ContextLimits,
  signal: AbortSignal,
): Promise<void> {
  if (files.length > maxFiles) {
    throw tooMuch('context_too_many_files', `There are ${files.length} files, more than ${maxFiles}`, 'maxFiles');
  }
  let bytes = 0;
  let nameBytes = 0;
  let at = 0;
  const sizes = manyAtOnce(files, { now: ({ path }) => sizeNow(path), later: ({ path }) => regularFileSize(path) });
  for await (const size of sizes) {
    const { name, path } = files[at++] as NamedFile;
    signal.throwIfAborted();
    if (size > maxFileBytes) {
      throw tooMuch('context_too_large', `${path} has ${size} bytes, more than ${maxFileBytes}`, 'maxFileBytes');
    }
    bytes += size;
    if (bytes > maxBytes) {
      throw tooMuch('context_too_large', `The files have more than ${maxBytes} bytes in all`, 'maxBytes');
    }
    nameBytes += Buffer.byteLength(name) + Buffer.byteLength(path);
    if (nameBytes > MAX_NAME_BYTES) {
      const found = `The names of ${files.length} files have more than ${MAX_NAME_BYTES} bytes`;
      throw new RLMError('context_too_many_files', `${found}. Pass fewer.`);
    }
  }
  requireFits(bytes, memoryMb);
}

/** Known from sizes alone, before a byte is read: most text takes as many bytes in Python as in UTF-8, and none less than this. */
const LEAST_IN_MEMORY = 2 / 3;

function requireFits(bytes: number, memoryMb: number | null): void {
  const needed = Math.ceil((bytes * LEAST_IN_MEMORY) / 2 ** 20);
  if (memoryMb === null || needed <= memoryMb) return;
  const found = `The context has ${bytes} bytes, which take ${needed} MB of memory at least, and the REPL has ${memoryMb} MB`;
  throw new RLMError('context_too_large', `${found}. Pass less, or raise environmentOptions.memoryMb.`);
}
