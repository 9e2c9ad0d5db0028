import assert from 'node:assert/strict';
import type { RLMErrorCode } from '../../api/codes.ts';
import { RLMError } from '../../api/errors.ts';
import type { RunLease, RunStore, StoredRun } from '../../api/run-store.ts';

/** One test: its name says what a store must do. */
export interface StoreCheck {
  /** A sentence. */
  name: string;
  /** Rejects when the store does not do that. */
  check(): Promise<void>;
}

/** How a store is checked. */
export type ConformanceOptions =
  /** Each store that is opened has runs of its own, and leases end by their release alone. */
  | { shared: false }
  | {
      /** All stores that are opened have the same runs, as a folder or a database does. */
      shared: true;
      /** Has the holder of a run's lease count as gone, without its knowing: as if it had been silent for long. */
      expire(runId: string): Promise<void>;
    };

export type Check = readonly [name: string, body: (bench: Bench) => Promise<void>];

/** A store that is being checked, with the runs of one check, which are removed at its end. */
export class Bench implements AsyncDisposable {
  readonly store: RunStore;
  readonly #open: () => Promise<RunStore>;
  readonly #options: ConformanceOptions;
  readonly #runs: string[] = [];
  readonly #leases: RunLease[] = [];

  constructor(store: RunStore, open: () => Promise<RunStore>, options: ConformanceOptions) {
    this.store = store;
    this.#open = open;
    this.#options = options;
  }

  /** An id that no other check has. */
  newId(begin = 'check-'): string {
    const runId = `${begin}${crypto.randomUUID()}`;
    this.#runs.push(runId);
    return runId;
  }

  async lease(runId = this.newId(), store = this.store): Promise<RunLease> {
    const lease = await store.lease(runId);
    this.#runs.push(runId);
    this.#leases.push(lease);
    return lease;
  }

  async lines(runId: string, from?: number): Promise<string[]> {
    return await Array.fromAsync(this.store.read(runId, { from }));
  }

  /** What the list says of runs of this check, in its order. */
  async listed(): Promise<StoredRun[]> {
    const all = await Array.fromAsync(this.store.list());
    return all.filter(({ runId }) => this.#runs.includes(runId));
  }

  /** Another process's store, as far as the runs go. */
  async another(): Promise<RunStore> {
    return this.#options.shared ? await this.#open() : this.store;
  }

  async expire(runId: string): Promise<void> {
    if (this.#options.shared) await this.#options.expire(runId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const lease of this.#leases) await lease.release();
    for (const runId of new Set(this.#runs)) await this.store.remove(runId).catch(unlessMissing);
  }
}

function unlessMissing(error: unknown): void {
  if (!RLMError.isInstance(error) || error.code !== 'run_not_found') throw error;
}

/** That an attempt is refused with this code, by an `RLMError` whose message says what it is about. */
export async function refused(code: RLMErrorCode, attempt: Promise<unknown> | AsyncIterable<unknown>): Promise<void> {
  const work = attempt instanceof Promise ? attempt : Array.fromAsync(attempt);
  await assert.rejects(work, (error: unknown) => {
    assert.ok(RLMError.isInstance(error), `an RLMError, and not ${String(error)}`);
    assert.equal(error.code, code);
    assert.notEqual(error.message, '');
    return true;
  });
}

export async function* chunks(...parts: (string | Uint8Array)[]): AsyncGenerator<Uint8Array, void, void> {
  for (const part of parts) yield typeof part === 'string' ? Buffer.from(part) : part;
}
