import { readdir, rename, rm } from 'node:fs/promises';
import { FramingError } from '@rlm-bridge/protocol';
import pMap from 'p-map';
import { RLMError } from '../api/errors.ts';
import type { RunLease, RunReadOptions, RunStore, StoredRun } from '../api/run-store.ts';
import { readBlob, removeBlobs } from './file/blob-files.ts';
import { FileLease } from './file/file-lease.ts';
import { JournalEnds } from './file/journal-ends.ts';
import type { Durability } from './file/journal-file.ts';
import { LeaseFile } from './file/lease-file.ts';
import { ListedRuns } from './file/listed-runs.ts';
import { chunksOf, openFile, unless } from './file/private-files.ts';
import { type RunFolder, StoreFolder } from './file/store-folder.ts';
import { decodeLines, skipLines } from './journal-lines.ts';
import { checkFrom } from './read-options.ts';
import { checkRunId, runIdOf } from './run-id.ts';
import { inStore, runNotFound, storeFault } from './store-errors.ts';

/** Runs that are looked at together for a list. */
const LOOKS_AT_ONCE = 16;

/** How long what was found of the folders of a run holds for its blobs, in milliseconds; their own folder is looked at each time. */
const LOOK_MS = 1_000;

/** Options of `fileStore`. */
export interface FileStoreOptions {
  /**
   * What an append waits for. `process`: the system has it, so it survives every end of this process. `disk`: the disk
   * has it, so it survives the end of the machine too; each wait for the disk serves all appends that came before it.
   * Default: `process`.
   */
  durability?: Durability | undefined;
}

/**
 * Keeps runs in a folder: one journal each that `less` and `jq` read, and the blobs beside them. Several processes may
 * use it at once, also over a network file system. What it makes is for this user alone; a folder that others can
 * write is refused. Nothing is made before the first run is leased.
 * @param folder Relative to the working directory as it is now.
 * @throws {RLMError} `invalid_options`
 */
export function fileStore(folder: string, { durability = 'process' }: FileStoreOptions = {}): RunStore {
  if (typeof folder !== 'string' || folder === '') {
    throw new RLMError('invalid_options', 'The folder of a run store is a path, and no empty one.');
  }
  if (!['process', 'disk'].includes(durability)) {
    throw new RLMError('invalid_options', "durability is 'process' or 'disk'.");
  }
  return new FileStore(new StoreFolder(folder), durability);
}

class FileStore implements RunStore {
  readonly #folder: StoreFolder;
  readonly #durability: Durability;
  readonly #ends = new JournalEnds();
  readonly #listed = new ListedRuns();
  /** Whose folders were looked at last, as a reader of many blobs asks for one after the other. */
  #looked = { runId: '', until: 0 };

  constructor(folder: StoreFolder, durability: Durability) {
    this.#folder = folder;
    this.#durability = durability;
  }

  async lease(runId: string): Promise<RunLease> {
    checkRunId(runId);
    return await this.#inFolder(async () => {
      await this.#folder.make();
      return await FileLease.take(runId, this.#folder.runOf(runId), this.#durability);
    });
  }

  async *read(runId: string, { from }: RunReadOptions = {}): AsyncGenerator<string, void, void> {
    checkRunId(runId);
    const skipped = checkFrom(from);
    const folder = this.#folder.runOf(runId);
    const { journal } = folder;
    const handle = await this.#inFolder(async () => {
      const isThere = (await this.#folder.check()) && (await folder.check());
      return isThere ? await openFile(journal, 'read').catch(unless('ENOENT')) : undefined;
    });
    if (handle === undefined) {
      // Of a run that was leased and never written there is nothing to read.
      await this.#inFolder(() => this.#find(runId));
      return;
    }
    try {
      const stats = await handle.stat();
      const known = this.#ends.find(journal, stats, skipped);
      let lines = skipped;
      const chunks = chunksOf(journal, handle, stats.size, known?.bytes);
      for await (const line of decodeLines(skipLines(chunks, skipped - (known?.lines ?? 0)))) {
        lines += 1;
        yield line;
      }
      if (lines > skipped) await this.#ends.note(journal, handle, stats, lines);
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      throw storeFault(journal, 'a line is not UTF-8', 'Something else has written it, or its disk is damaged', error);
    } finally {
      await handle.close();
    }
  }

  async *list(): AsyncGenerator<StoredRun, void, void> {
    const runs = await this.#inFolder(async () => {
      if (!(await this.#folder.check())) return [];
      const ids = (await readdir(this.#folder.runs)).map(runIdOf).filter((id) => id !== null);
      this.#listed.keep(new Set(ids));
      const describe = (id: string) => this.#listed.describe(id, this.#folder.runOf(id));
      const found = await pMap(ids, describe, { concurrency: LOOKS_AT_ONCE });
      return found.flat().sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
    });
    yield* runs;
  }

  async *readBlob(runId: string, sha256: string): AsyncGenerator<Uint8Array, void, void> {
    checkRunId(runId);
    const folder = this.#folder.runOf(runId);
    if (this.#looked.runId !== runId || Date.now() >= this.#looked.until) {
      await this.#inFolder(async () => (await this.#folder.check()) && (await folder.check()));
      this.#looked = { runId, until: Date.now() + LOOK_MS };
    }
    yield* readBlob(runId, folder, sha256);
  }

  async remove(runId: string): Promise<void> {
    checkRunId(runId);
    await this.#inFolder(async () => {
      const folder = await this.#find(runId);
      const lease = await LeaseFile.take(runId, folder);
      try {
        // Out of sight at once: whoever leases the run next begins a new one.
        await rename(folder.path, this.#folder.removed().path);
      } finally {
        await lease.release();
      }
      await this.#sweep();
    });
  }

  /** Also what earlier removals did not come to. */
  async #sweep(): Promise<void> {
    for (const folder of await this.#folder.allRemoved()) {
      await removeBlobs(folder);
      await rm(folder.path, { recursive: true, force: true });
    }
  }

  async #find(runId: string): Promise<RunFolder> {
    const folder = this.#folder.runOf(runId);
    const isThere = (await this.#folder.check()) && (await folder.check());
    if (isThere && (await this.#listed.describe(runId, folder)).length > 0) return folder;
    throw runNotFound(runId, this.#folder.path);
  }

  async #inFolder<T>(work: () => Promise<T>): Promise<T> {
    return await inStore(this.#folder.path, work);
  }
}
