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
  readonly #weight: number;

  /** @param runs Of the worker, all under way together; the call counts on them already. */
  constructor(call: Budget, { ownUsd, weight, runs }: { ownUsd: number | undefined; weight: number; runs: number }) {
    this.#call = call;
    this.#own = new Budget(ownUsd, runs, 'maxBudgetUsdPerWorker');
    this.#own.expect(weight, runs);
    this.#weight = weight;
  }

  /** What the worker has cost in earlier calls of the assessment. */
  pay(usd: number): void {
    this.#own.pay(usd);
  }

  /** A run is tried again. */
  expectAnother(): void {
    this.#call.expect(this.#weight);
    this.#own.expect(this.#weight);
  }

  /** @throws {WorkerError} (as a rejection) `budget_exhausted` */
  async take(hasBegun: boolean, weight: number = this.#weight): Promise<Grant> {
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
