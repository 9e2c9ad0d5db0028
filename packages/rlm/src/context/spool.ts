import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RLMError } from '../api/errors.ts';

export interface SpooledFile {
  path: string;
  dispose(): Promise<void>;
}

function unwritable(folder: string, cause: unknown): unknown {
  if (RLMError.isInstance(cause) || !(cause instanceof Error && 'syscall' in cause)) return cause;
  const advice = 'Make room, or set TMPDIR to a folder that has room and can be written';
  return new RLMError(
    'context_not_written',
    `The context cannot be written to ${folder} (${cause.message}). ${advice}.`,
    {
      cause,
    },
  );
}

/** Writes pieces of text, or of its bytes, to a private file in `folder`, which must be private too. */
export async function spool(
  folder: string,
  name: string,
  pieces: Iterable<string> | AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<SpooledFile> {
  const path = join(folder, name);
  const dispose = () => rm(path, { force: true });
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      for await (const piece of pieces) {
        signal.throwIfAborted();
        await file.writeFile(piece);
      }
    } finally {
      await file.close();
    }
    return { path, dispose };
  } catch (error) {
    await dispose().catch(() => {});
    // The folder goes with its worker, and that is then the matter.
    signal.throwIfAborted();
    throw unwritable(folder, error);
  }
}
