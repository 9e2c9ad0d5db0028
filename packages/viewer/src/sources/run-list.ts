import { setTimeout as sleep } from 'node:timers/promises';
import type { RunStore, StoredRun } from 'rlm-bridge';
import type { RunSummary } from '../model/run-summary.ts';
import { readSummaries, unreadSummary } from './journal-summaries.ts';

/** How long a list waits for what is not known yet. */
const PATIENCE_MS = 300;

/** How old what is known of leases may be. */
const FRESH_MS = 1_000;

/** A list that takes no longer is asked for whenever it is wanted. */
const QUICK_MS = 200;

/** A list that takes long is asked for less often. */
const LIST_SHARE = 10;

/** Journals that are read for a list: of older ones it says when they were written. */
const MOST_READ = 2_000;

interface Known {
  run: StoredRun;
  summaries: RunSummary[];
}

/** The runs of a store. What a list says of a run is read once, and again when its journal has changed. */
export class RunList {
  readonly #store: RunStore;
  readonly #known = new Map<string, Known>();
  #runs: StoredRun[] = [];
  #freshUntil = 0;
  #tookMs = 0;
  #reading: Promise<void> | null = null;

  constructor(store: RunStore) {
    this.#store = store;
  }

  /** The newest first. What is not known soon is filled in by the next time. */
  async read(): Promise<RunSummary[]> {
    const runs = await this.#refresh(this.#tookMs < QUICK_MS);
    this.#reading ??= this.#readAll(runs).finally(() => {
      this.#reading = null;
    });
    await Promise.race([this.#reading, sleep(PATIENCE_MS)]);
    return runs.flatMap((run) => this.#summariesOf(run));
  }

  /** Whether a process writes a journal. */
  async isWritten(runId: string): Promise<boolean> {
    return (await this.#refresh()).some((run) => run.runId === runId && run.isLeased);
  }

  async #refresh(isWanted = false): Promise<StoredRun[]> {
    const begun = Date.now();
    if (!isWanted && begun < this.#freshUntil) return this.#runs;
    this.#runs = await Array.fromAsync(this.#store.list());
    this.#tookMs = Date.now() - begun;
    this.#freshUntil = Date.now() + Math.max(FRESH_MS, this.#tookMs * LIST_SHARE);
    return this.#runs;
  }

  async #readAll(runs: readonly StoredRun[]): Promise<void> {
    const there = new Set(runs.map(({ runId }) => runId));
    for (const runId of this.#known.keys()) if (!there.has(runId)) this.#known.delete(runId);
    for (const run of runs.slice(0, MOST_READ)) {
      if (isSame(this.#known.get(run.runId)?.run, run)) continue;
      this.#known.set(run.runId, { run, summaries: await summariesOf(this.#store, run) });
    }
  }

  #summariesOf(run: StoredRun): RunSummary[] {
    const known = this.#known.get(run.runId)?.summaries;
    return known === undefined || known.length === 0 ? [unreadSummary(run)] : known;
  }
}

/** A journal that cannot be read is in the list all the same: opened, it says what is wrong. */
async function summariesOf(store: RunStore, run: StoredRun): Promise<RunSummary[]> {
  return await readSummaries(store, run).catch(() => [unreadSummary(run)]);
}

function isSame(before: StoredRun | undefined, now: StoredRun): boolean {
  return (
    before !== undefined &&
    before.bytes === now.bytes &&
    before.changedAt.getTime() === now.changedAt.getTime() &&
    before.isLeased === now.isLeased
  );
}
