import type { JournalRecord } from '@rlm-bridge/protocol';
import type { RunAside, RunLease, RunStore } from '../api/run-store.ts';
import { effectsAside } from './aside-effects.ts';
import { JournalCodec } from './journal-codec.ts';
import { type Header, readRun } from './journal-reader.ts';
import { type JournalState, readState } from './journal-state.ts';
import { JournalWriter, type RecordBody } from './journal-writer.ts';
import { KnownEvents } from './known-events.ts';

/** What a run says of itself before all else. */
export type HeaderBody = Extract<RecordBody, { record: 'run' }>;

/** Where the records of a run stand: in a journal of its own, or among those of its session. */
export interface JournalPlace {
  /** What was there when it was taken; null for a new run. */
  readonly state: JournalState | null;
  readonly writer: JournalWriter;
  /** What `random` begins with where the run has none from elsewhere. */
  readonly seeds: Header['seeds'];
  /** Where a worker keeps its effects that need not wait for this process; undefined where there is no such place. */
  readonly aside: RunAside | undefined;
  /** All of the run's records that are there, as those of a journal of its own. */
  read(): AsyncIterable<JournalRecord>;
  /** A header as it is written there. */
  headed(header: HeaderBody): RecordBody;
  /** Keeps the content of a context that is a value. */
  putBlob(content: AsyncIterable<Uint8Array>): Promise<{ sha256: string }>;
  /** Everything that was given is written; what was taken for the run alone is given back. Does not reject. */
  close(): Promise<void>;
}

/** A journal with nothing but one run. */
export class OwnJournal implements JournalPlace {
  readonly state: JournalState | null;
  readonly writer: JournalWriter;
  readonly seeds: Header['seeds'];
  readonly aside: RunAside | undefined;
  readonly #store: RunStore;
  readonly #lease: RunLease;

  private constructor(store: RunStore, lease: RunLease, writer: JournalWriter, state: JournalState | null) {
    this.#store = store;
    this.#lease = lease;
    this.writer = writer;
    this.state = state;
    this.seeds = { hash: 0, random: lease.runId };
    this.aside = lease.aside;
  }

  /**
   * Takes the run, and reads what is there of it. `isNew`: its id is one that nobody had.
   * @throws {RLMError} (as a rejection) what the store and the journal do.
   */
  static async open(store: RunStore, runId: string, isNew = false): Promise<OwnJournal> {
    const lease = await store.lease(runId);
    try {
      const codec = new JournalCodec(runId);
      const state = isNew ? null : await readState(store, runId, codec);
      const writer = new JournalWriter(lease, codec, state?.records ?? 0);
      if (state === null || !(await takeLeft(store, lease, state, writer))) {
        return new OwnJournal(store, lease, writer, state);
      }
      return new OwnJournal(store, lease, writer, await readState(store, runId));
    } catch (error) {
      await lease.release();
      throw error;
    }
  }

  read(): AsyncIterable<JournalRecord> {
    return readRun(this.#store, this.#lease.runId);
  }

  headed(header: HeaderBody): RecordBody {
    return header;
  }

  async putBlob(content: AsyncIterable<Uint8Array>): Promise<{ sha256: string }> {
    return await this.#lease.putBlob(content);
  }

  async close(): Promise<void> {
    await this.writer.flush();
    if (!this.writer.failed.aborted) await this.aside?.end().catch(warn);
    await giveBack(this.#lease);
  }
}

/** Writes what a worker had kept aside when its process was killed. @returns false: nothing. */
async function takeLeft(
  store: RunStore,
  lease: RunLease,
  state: JournalState,
  writer: JournalWriter,
): Promise<boolean> {
  const { runId, aside } = lease;
  const left = await effectsAside(aside, runId, state);
  if (left.length === 0) return false;
  const known = new KnownEvents();
  for await (const record of readRun(store, runId)) known.note(record);
  const bodies = left.flatMap(({ before, effect }): RecordBody[] => [
    ...before.filter((event) => !known.takes(event)).map((event) => ({ record: 'event', event }) as const),
    { record: 'effect', effect },
  ]);
  await writer.appendAt(state.lastAt, bodies);
  return true;
}

/** What cannot be given back ends with this process. */
export async function giveBack(lease: RunLease): Promise<void> {
  await lease.release().catch(warn);
}

function warn(error: unknown): void {
  process.emitWarning(`A run could not be given back to its store: ${String(error)}`, { code: 'RLM_STORE_CLEANUP' });
}
