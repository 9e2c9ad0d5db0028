import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';

export interface SpooledFile {
  path: string;
  dispose(): Promise<void>;
}

/** Writes pieces of text to a private file in `folder`, which must be private too. */
export async function spool(
  folder: string,
  name: string,
  pieces: Iterable<string>,
  signal: AbortSignal,
): Promise<SpooledFile> {
  const path = join(folder, name);
  const dispose = () => rm(path, { force: true });
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      for (const piece of pieces) {
        signal.throwIfAborted();
        await file.writeFile(piece);
      }
    } finally {
      await file.close();
    }
    return { path, dispose };
  } catch (error) {
    await dispose();
    // The folder goes with its worker, and that is then the matter.
    signal.throwIfAborted();
    throw error;
  }
}
