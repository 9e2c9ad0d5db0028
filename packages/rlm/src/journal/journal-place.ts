import type { JournalRecord } from '@rlm-bridge/protocol';
import type { RunLease, RunStore } from '../api/run-store.ts';
import { JournalCodec } from './journal-codec.ts';
import { type Header, readRun } from './journal-reader.ts';
import { type JournalState, readState } from './journal-state.ts';
import { JournalWriter, type RecordBody } from './journal-writer.ts';

/** What a run says of itself before all else. */
export type HeaderBody = Extract<RecordBody, { record: 'run' }>;

/** Where the records of a run stand: in a journal of its own, or among those of its session. */
export interface JournalPlace {
  /** What was there when it was taken; null for a new run. */
  readonly state: JournalState | null;
  readonly writer: JournalWriter;
  /** What `random` begins with where the run has none from elsewhere. */
  readonly seeds: Header['seeds'];
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
  readonly #store: RunStore;
  readonly #lease: RunLease;

  private constructor(store: RunStore, lease: RunLease, writer: JournalWriter, state: JournalState | null) {
    this.#store = store;
    this.#lease = lease;
    this.writer = writer;
    this.state = state;
    this.seeds = { hash: 0, random: lease.runId };
  }

  /** Takes the run, and reads what is there of it. @throws {RLMError} (as a rejection) what the store and the journal do. */
  static async open(store: RunStore, runId: string): Promise<OwnJournal> {
    const lease = await store.lease(runId);
    try {
      const codec = new JournalCodec(runId);
      const state = await readState(store, runId, codec);
      return new OwnJournal(store, lease, new JournalWriter(lease, codec, state?.records ?? 0), state);
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
    await giveBack(this.#lease);
  }
}

/** What cannot be given back ends with this process. */
export async function giveBack(lease: RunLease): Promise<void> {
  await lease.release().catch((error: unknown) => {
    process.emitWarning(`A run could not be given back to its store: ${String(error)}`, { code: 'RLM_STORE_CLEANUP' });
  });
}
