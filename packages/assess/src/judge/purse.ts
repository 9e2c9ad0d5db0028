import { Budget } from './budget.ts';

/** Money for one run. */
export interface Grant {
  /** Most that it may spend, in US dollars; undefined: no ceiling. */
  usd: number | undefined;
  /** Called once, when the run is over; see {@link Budget.settle}. */
  settle: (costUsd: number | null, isTypical: boolean) => void;
}

/** What one worker may cost, shared by its runs, of the money that the call has. */
export class Purse {
  readonly #call: Budget;
  readonly #own: Budget;

  /**
   * @param weights Of the worker's runs, which the call counts on already.
   * @param atOnce How many of them are under way together.
   */
  constructor(
    call: Budget,
    { ownUsd, weights, atOnce }: { ownUsd: number | undefined; weights: readonly number[]; atOnce: number },
  ) {
    this.#call = call;
    this.#own = new Budget(ownUsd, atOnce, 'maxBudgetUsdPerWorker');
    for (const weight of weights) this.#own.expect(weight);
  }

  /** What the worker has cost in earlier calls of the assessment. */
  pay(usd: number): void {
    this.#own.pay(usd);
  }

  /** Counts on one more run: one is tried again. */
  expect(weight: number): void {
    this.#call.expect(weight);
    this.#own.expect(weight);
  }

  /** A run will not be. */
  release(weight: number): void {
    this.#call.release(weight);
    this.#own.release(weight);
  }

  /** @throws {WorkerError} (as a rejection) `budget_exhausted` */
  async take(weight: number, hasBegun: boolean): Promise<Grant> {
    const claim = { weight, hasBegun };
    const ceilingUsd = await this.#own.take(claim);
    try {
      const usd = await this.#call.take({ ...claim, ceilingUsd });
      return {
        usd,
        settle: (costUsd, isTypical) => {
          this.#call.settle(claim, { grantedUsd: usd, costUsd, isTypical });
          this.#own.settle(claim, { grantedUsd: ceilingUsd, costUsd, isTypical });
        },
      };
    } catch (error) {
      this.#own.settle(claim, { grantedUsd: ceilingUsd, costUsd: 0, isTypical: false });
      throw error;
    }
  }
}
