import { fstatSync } from 'node:fs';
import { type FileHandle, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { ownIdentity } from '../../process/process-identity.ts';
import { runInProgress } from '../store-errors.ts';
import { findLeases, type LeaseRecord, leasePath } from './found-lease.ts';
import { createWhole, openFile, unless } from './private-files.ts';
import type { RunFolder } from './store-folder.ts';

/** Each of them means that another process took the run, or gave it back, in that moment. */
const ATTEMPTS = 100;
const PAUSE_MS = 20;

/**
 * The lease of a run: a file that nobody else could make. They are numbered, and whoever made the highest one while no
 * lower one was held has the run; two that take over from the same dead one want the same number, and one gets it. The
 * next holder removes the lower ones: a holder that only slept finds that its file has no name any more.
 */
export class LeaseFile {
  /** Whether the holder before may come back, and try to append. */
  readonly mayHaveRival: boolean;
  readonly #handle: FileHandle;
  readonly #record: LeaseRecord;

  private constructor(handle: FileHandle, record: LeaseRecord, mayHaveRival: boolean) {
    this.#handle = handle;
    this.#record = record;
    this.mayHaveRival = mayHaveRival;
  }

  /** @throws {RLMError} `run_in_progress` */
  static async take(runId: string, folder: RunFolder): Promise<LeaseFile> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      // Whoever removes the run takes the folder away.
      const lease = await LeaseFile.#try(runId, folder).catch(unless('ENOENT'));
      if (lease !== undefined) return lease;
      // Two that give way to each other must not do so for ever.
      await sleep(Math.random() * PAUSE_MS);
    }
    throw runInProgress(runId, 'More than one other process');
  }

  static async #try(runId: string, folder: RunFolder): Promise<LeaseFile | undefined> {
    await folder.make();
    const clock = onlyOnce(() => timeOfDisk(folder.part()));
    const last = (await findLeases(folder.path, { clock })).at(-1);
    if (last?.isHeld) throw runInProgress(runId, last.holder);
    const record = { createdAt: last?.createdAt ?? new Date().toISOString(), holder: ownIdentity() };
    const number = (last?.number ?? 0) + 1;
    const path = leasePath(folder.path, number);
    if (!(await createWhole(path, folder.part(), JSON.stringify(record)))) return undefined;
    try {
      const others = await findLeases(folder.path, { clock, except: number });
      const isFree = !others.some((other) => other.number > number || other.isHeld);
      if (!isFree) return void (await rm(path, { force: true }));
      for (const other of others) await rm(leasePath(folder.path, other.number), { force: true });
      const mayHaveRival = others.some((other) => other.mayReturn);
      return new LeaseFile(await openFile(path, 'update'), record, mayHaveRival);
    } catch (error) {
      // It would be held by this process, which knows nothing of it.
      await rm(path, { force: true });
      throw error;
    }
  }

  /** Whether nobody has taken over, or removed the folder. Asked with every append: a turn of a thread would cost more. */
  isHeld(): boolean {
    return fstatSync(this.#handle.fd).nlink > 0;
  }

  /** Tells those who cannot see this process that it is there. */
  async beat(): Promise<void> {
    await this.#handle.write(JSON.stringify(this.#record), 0);
  }

  /** The file stays, as its number must not be used again. */
  async release(): Promise<void> {
    const { length } = JSON.stringify(this.#record);
    try {
      // One write, of the same length: nobody sees a part of it.
      await this.#handle.write(JSON.stringify({ ...this.#record, holder: null }).padEnd(length), 0);
    } finally {
      await this.#handle.close();
    }
  }
}

function onlyOnce<T>(work: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | undefined;
  return () => {
    done ??= work();
    return done;
  };
}

/** The clock of the machine whose disk it is may differ from this one's. */
async function timeOfDisk(part: string): Promise<number> {
  const handle = await openFile(part, 'new');
  try {
    return (await handle.stat()).mtimeMs;
  } finally {
    await handle.close();
    await rm(part, { force: true });
  }
}
