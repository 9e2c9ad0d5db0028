import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunLease, StoredBlob } from '../../api/run-store.ts';
import { GroupCommit } from '../group-commit.ts';
import { encodeLines } from '../journal-lines.ts';
import { inStore, leaseLost, leaseReleased, storeFailed, storeFault } from '../store-errors.ts';
import { AsideFile } from './aside-file.ts';
import { putBlob } from './blob-files.ts';
import { findLeases } from './found-lease.ts';
import { type Durability, JournalFile } from './journal-file.ts';
import { LeaseFile } from './lease-file.ts';
import type { RunFolder } from './store-folder.ts';

const HEARTBEAT_MS = 5_000;

/** A run of a folder that this process writes. */
export class FileLease implements RunLease {
  readonly runId: string;
  readonly lost: AbortSignal;
  readonly aside: AsideFile;
  readonly #losing = new AbortController();
  readonly #folder: RunFolder;
  readonly #durability: Durability;
  readonly #lease: LeaseFile;
  readonly #journal: JournalFile;
  readonly #commits: GroupCommit;
  readonly #heartbeat = setInterval(() => this.#beatNext(), HEARTBEAT_MS).unref();
  #beating = Promise.resolve();
  #released: Promise<void> | undefined;

  private constructor(
    runId: string,
    folder: RunFolder,
    durability: Durability,
    lease: LeaseFile,
    journal: JournalFile,
    aside: AsideFile,
  ) {
    this.runId = runId;
    this.lost = this.#losing.signal;
    this.#folder = folder;
    this.#durability = durability;
    this.#lease = lease;
    this.#journal = journal;
    this.aside = aside;
    this.#commits = new GroupCommit((bytes) => this.#write(bytes), durability === 'disk');
  }

  /** @throws {RLMError} `run_in_progress` */
  static async take(runId: string, folder: RunFolder, durability: Durability): Promise<FileLease> {
    const lease = await LeaseFile.take(runId, folder);
    let journal: JournalFile | undefined;
    try {
      const names = await readdir(folder.path);
      await removeParts(folder, names);
      journal = await JournalFile.open(folder, durability, lease.mayHaveRival);
      const aside = await AsideFile.take(folder, names, durability);
      return new FileLease(runId, folder, durability, lease, journal, aside);
    } catch (error) {
      await journal?.close();
      await lease.release();
      throw error;
    }
  }

  get repaired(): number {
    return this.#journal.repaired;
  }

  async append(lines: readonly string[]): Promise<void> {
    await this.#commits.add(encodeLines(lines));
  }

  async putBlob(content: AsyncIterable<Uint8Array>): Promise<StoredBlob> {
    this.#requireUse();
    const blob = await putBlob(this.#folder, content, this.#durability);
    this.#requireUse();
    await this.#requireHeld();
    return blob;
  }

  async release(): Promise<void> {
    this.#released ??= this.#release();
    await this.#released;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }

  async #release(): Promise<void> {
    clearInterval(this.#heartbeat);
    await this.#commits.close(leaseReleased(this.runId));
    // One that came later would say that the run is held.
    await this.#beating;
    await inStore(this.#folder.path, async () => {
      await this.#journal.close();
      await this.#lease.release();
    });
  }

  /** Looked at after the write and before anybody relies on it: what came too late is in a file that nobody reads. */
  async #write(bytes: Uint8Array): Promise<void> {
    try {
      await this.#journal.append(bytes);
    } catch (error) {
      throw storeFailed(this.#folder.journal, error);
    }
    // A lease that is gone is why the file is, so it is asked first.
    await this.#requireHeld();
    await inStore(this.#folder.path, async () => this.#journal.requireThere());
  }

  #beatNext(): void {
    this.#beating = this.#beating.then(() => this.#beat());
  }

  async #beat(): Promise<void> {
    try {
      await this.#requireHeld();
      await this.#lease.beat();
    } catch {
      // Lost is told by the signal; whatever else keeps it from being written, the next append will tell.
    }
  }

  /** @throws {RLMError} `lease_lost` as soon as that is known */
  #requireUse(): void {
    this.lost.throwIfAborted();
    if (this.#released !== undefined) throw leaseReleased(this.runId);
  }

  /** @throws {RLMError} `lease_lost`; `store_failed` when the folder is gone */
  async #requireHeld(): Promise<void> {
    this.lost.throwIfAborted();
    if (await inStore(this.#folder.path, async () => this.#lease.isHeld())) return;
    const isTaken = (await inStore(this.#folder.path, () => findLeases(this.#folder.path))).length > 0;
    const error = isTaken ? leaseLost(this.runId) : gone(this.#folder.path);
    clearInterval(this.#heartbeat);
    this.#commits.fail(error);
    this.#losing.abort(error);
    // Nobody has to release what is lost, and Node ends a process that leaves an open file to its garbage collection.
    this.release().catch(() => {});
    throw error;
  }
}

function gone(path: string) {
  return storeFault(path, 'it was removed while the run went on', 'Look for what removes it, and lease the run again');
}

/** What an earlier holder had not made whole. */
async function removeParts(folder: RunFolder, names: readonly string[]): Promise<void> {
  for (const name of names) if (name.endsWith('.part')) await rm(join(folder.path, name), { force: true });
}
