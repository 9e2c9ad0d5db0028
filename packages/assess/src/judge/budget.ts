import { WorkerError } from '../api/errors.ts';

/**
 * The money of a call, shared by its runs. Each run may spend what was set aside for it: an equal share of what is left,
 * or the worker's own ceiling; what it did not spend goes back. So the runs together never exceed the whole.
 */
export class Budget {
  #leftUsd: number;
  #runsToCome: number;

  constructor(totalUsd: number | undefined, runs: number) {
    this.#leftUsd = totalUsd ?? Number.POSITIVE_INFINITY;
    this.#runsToCome = runs;
  }

  /** What earlier calls of the assessment have spent. */
  pay(usd: number): void {
    this.#leftUsd = Math.max(0, this.#leftUsd - usd);
  }

  /**
   * Most that the next run may spend; undefined: no ceiling. One that has begun may go on for what it was paid already.
   * @throws {WorkerError} `budget_exhausted`
   */
  take(ceilingUsd: number | undefined, hasBegun = false): number | undefined {
    const share = this.#leftUsd / Math.max(1, this.#runsToCome);
    const amount = Math.min(share, ceilingUsd ?? Number.POSITIVE_INFINITY);
    this.#runsToCome -= 1;
    if (amount <= 0 && !hasBegun) {
      const said = 'The budget was spent before this worker was judged. Raise maxBudgetUsd, or judge fewer workers.';
      throw new WorkerError('budget_exhausted', said);
    }
    if (amount === Number.POSITIVE_INFINITY) return undefined;
    const granted = Math.max(0, amount);
    this.#leftUsd -= granted;
    return granted;
  }

  /** The run is over; a cost that is unknown counts as all that was set aside. */
  settle(amountUsd: number | undefined, costUsd: number | null): void {
    if (amountUsd !== undefined) this.#leftUsd += Math.max(0, amountUsd - (costUsd ?? amountUsd));
  }

  /** A run more than was counted on: one that failed is tried again. */
  expect(runs: number): void {
    this.#runsToCome += runs;
  }

  /** Runs that will not be: their worker failed before, or came from the cache. */
  release(runs: number): void {
    this.#runsToCome -= runs;
  }
}
