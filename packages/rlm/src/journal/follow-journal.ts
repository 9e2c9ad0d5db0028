import { setTimeout as sleep } from 'node:timers/promises';
import type { JournalRecord } from '@rlm-bridge/protocol';
import type { RunStore } from '../api/run-store.ts';
import { JournalReading } from './journal-reader.ts';

/** How often it is looked for more. */
const LOOK_MS = 200;

/** How long nothing comes before it is asked whether anybody still writes. */
const QUIET_MS = 2_000;

/** Who writes is known from the list of all runs: of a store with many, it is asked for less often. */
const LIST_SHARE = 20;

/** The records of a journal as they come, until nobody writes it any more or `signal` aborts. */
export async function* followJournal(
  store: RunStore,
  runId: string,
  signal?: AbortSignal,
): AsyncGenerator<JournalRecord, void, undefined> {
  const reading = new JournalReading(store, runId);
  const writer = new Writer(store, runId);
  let isOver = false;
  let end: JournalRecord['record'] = 'end';
  const isWanted = () => signal?.aborted !== true;
  while (isWanted()) {
    // Asked before what is there is read: what was written until then is read yet.
    const isWritten = await writer.isThere(isOver);
    for await (const record of reading.rest()) {
      if (record.record === 'session') end = 'closed';
      isOver = record.record === end;
      writer.heard();
      yield record;
      if (!isWanted()) return;
    }
    if (!isWritten) return;
    await sleep(LOOK_MS, undefined, { signal }).catch(() => {});
  }
}

/** Whoever writes a run. */
class Writer {
  readonly #store: RunStore;
  readonly #runId: string;
  #nextAt = 0;

  constructor(store: RunStore, runId: string) {
    this.#store = store;
    this.#runId = runId;
  }

  /** Something was written just now. */
  heard(): void {
    this.#nextAt = Math.max(this.#nextAt, Date.now() + QUIET_MS);
  }

  /** Whether it still writes, as far as is known. `isOver`: its last word is an end. */
  async isThere(isOver: boolean): Promise<boolean> {
    const begun = Date.now();
    if (!isOver && begun < this.#nextAt) return true;
    let isLeased = false;
    for await (const run of this.#store.list()) if (run.runId === this.#runId) isLeased = run.isLeased;
    const took = Date.now() - begun;
    this.#nextAt = Date.now() + Math.max(QUIET_MS, took * LIST_SHARE);
    return isLeased;
  }
}
