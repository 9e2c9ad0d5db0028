import { constants, fstatSync, writeSync } from 'node:fs';
import { copyFile, type FileHandle, rename, rm } from 'node:fs/promises';
import { wholeBytes } from '../journal-lines.ts';
import { storeFault } from '../store-errors.ts';
import { openFile, syncFolder } from './private-files.ts';
import type { RunFolder } from './store-folder.ts';

/** `process`: what is appended survives this process. `disk`: also the machine. */
export type Durability = 'process' | 'disk';

/** The journal of a run that is leased. */
export class JournalFile {
  /** Bytes that were cut off as it was opened. */
  readonly repaired: number;
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #durability: Durability;

  private constructor(path: string, handle: FileHandle, durability: Durability, repaired: number) {
    this.#path = path;
    this.#handle = handle;
    this.#durability = durability;
    this.repaired = repaired;
  }

  /**
   * Opens it to append, and cuts off what was not appended whole.
   * @param mayHaveRival It gets a new file: what a holder before still appends goes into the old one, which has no name.
   */
  static async open(folder: RunFolder, durability: Durability, mayHaveRival: boolean): Promise<JournalFile> {
    if (mayHaveRival) await replace(folder);
    const handle = await openFile(folder.journal, 'append');
    try {
      const { size } = await handle.stat();
      const whole = await wholeBytes(size, (from, to) => readRange(handle, from, to));
      if (whole < size) await handle.truncate(whole);
      if (durability === 'disk') {
        await handle.sync();
        await syncFolder(folder.path);
      }
      return new JournalFile(folder.journal, handle, durability, size - whole);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** The system takes it at once: the turn of a thread that writes would take many times as long. */
  async append(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#handle.fd, bytes, done);
    if (this.#durability === 'disk') await this.#handle.datasync();
  }

  /** A file without a name takes what is appended, and nobody will ever read it. */
  requireThere(): void {
    if (fstatSync(this.#handle.fd).nlink === 0)
      throw storeFault(
        this.#path,
        'it was removed while it was written',
        'Look for what removes it, and lease the run again',
      );
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

async function replace(folder: RunFolder): Promise<void> {
  const part = folder.part();
  try {
    await (await openFile(folder.journal, 'append')).close();
    await copyFile(folder.journal, part, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    await rename(part, folder.journal);
  } finally {
    await rm(part, { force: true });
  }
}

/** The bytes of a file from a place up to another one. */
export async function readRange(handle: FileHandle, from: number, to: number): Promise<Uint8Array> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(to - from), 0, to - from, from);
  return buffer.subarray(0, bytesRead);
}
