import { WorkerError } from '../api/errors.ts';

/** What a run takes besides reading the evidence, in characters of evidence: the turns of its root model. */
const OF_ITSELF_CHARS = 50_000;
/**
 * Of its share, what a run may spend while nobody knows what such evidence costs; of what it has cost until now, what a run
 * is granted, waits for, and is not begun without. A run sets the worst case of each call aside, and so needs more than it
 * spends; what it does not spend goes back.
 */
const HEADROOM = 3;
const GRANTED = 5;
const WAITED_FOR = 3;
const NEEDED = 0.95;

/** How much of the money a run needs, beside others: by the characters of its evidence. */
export function weightOf(chars: number): number {
  return OF_ITSELF_CHARS + chars;
}

/** A run that asks for money. */
export interface Claim {
  weight: number;
  /** Most that it may have; undefined: whatever there is. */
  ceilingUsd?: number | undefined;
  /** It may go on for what it was paid already, and says nothing of what such a run costs. */
  hasBegun?: boolean;
}

/** How a run ended, for the money. */
export interface Settlement {
  grantedUsd: number | undefined;
  costUsd: number | null;
  isTypical: boolean;
}

/**
 * The money of a call, shared by its runs. Each is granted a part by the size of its evidence, and what it does not spend
 * goes back; so the runs together never exceed the whole. What runs have cost says what the next ones need: they wait for
 * money that may come back, and are not begun where it is not enough.
 */
export class Budget {
  #leftUsd: number;
  /** Weights of the runs that have not begun. */
  #toCome: number[] = [];
  readonly #atOnce: number;
  readonly #option: string;
  #spentUsd = 0;
  #spentWeight = 0;
  #inFlight = 0;
  #settled = Promise.withResolvers<void>();

  /** @param atOnce How many runs are under way together. @param option What the caller calls it. */
  constructor(totalUsd: number | undefined, atOnce = 1, option = 'maxBudgetUsd') {
    this.#leftUsd = totalUsd ?? Number.POSITIVE_INFINITY;
    this.#atOnce = atOnce;
    this.#option = option;
  }

  /** What earlier calls of the assessment have spent. */
  pay(usd: number): void {
    this.#leftUsd = Math.max(0, this.#leftUsd - usd);
  }

  /** Counts on runs that will be, also on one that is tried again. */
  expect(weight: number, runs = 1): void {
    this.#toCome.push(...Array.from({ length: runs }, () => weight));
  }

  /** Runs that will not be: what their worker came to is known. */
  release(weight: number, runs = 1): void {
    for (let run = 0; run < runs; run++) this.#begins(weight);
  }

  /**
   * Most that the run may spend; undefined: no ceiling.
   * @throws {WorkerError} (as a rejection) `budget_exhausted`
   */
  async take({ weight, ceilingUsd = Number.POSITIVE_INFINITY, hasBegun = false }: Claim): Promise<number | undefined> {
    const cost = (times: number) => Math.min(ceilingUsd, this.#costOf(weight) * times);
    while (this.#leftUsd < cost(WAITED_FOR) && this.#inFlight > 0) await this.#settled.promise;
    const amount = Math.min(this.#partOf(weight), ceilingUsd);
    this.#begins(weight);
    if (!hasBegun && (amount <= 0 || this.#leftUsd < cost(NEEDED))) throw this.#exhausted(amount, weight);
    this.#inFlight += 1;
    if (amount === Number.POSITIVE_INFINITY) return undefined;
    const granted = Math.max(0, amount);
    this.#leftUsd -= granted;
    return granted;
  }

  /**
   * The run is over; a cost that is unknown counts as all that was granted. Called once for each grant. `isTypical`: it
   * went as far as such a run goes, or its money.
   */
  settle({ weight, hasBegun = false }: Claim, { grantedUsd, costUsd, isTypical }: Settlement): void {
    if (grantedUsd !== undefined) this.#leftUsd += Math.max(0, grantedUsd - (costUsd ?? grantedUsd));
    if (costUsd !== null && isTypical && !hasBegun) {
      this.#spentUsd += costUsd;
      this.#spentWeight += weight;
    }
    this.#inFlight -= 1;
    this.#settled.resolve();
    this.#settled = Promise.withResolvers<void>();
  }

  #exhausted(leftUsd: number, weight: number): WorkerError {
    const why =
      leftUsd <= 0
        ? 'The budget was spent before this worker was judged'
        : `Not begun: $${leftUsd.toFixed(4)} are left, and evidence of this size has cost $${this.#costOf(weight).toFixed(4)}`;
    return new WorkerError('budget_exhausted', `${why}. Raise ${this.#option}, or judge fewer workers.`);
  }

  /** What a run of this weight has cost until now; 0: nobody knows. */
  #costOf(weight: number): number {
    return this.#spentWeight === 0 ? 0 : (this.#spentUsd / this.#spentWeight) * weight;
  }

  /** A run's part of what is left, which leaves theirs to the others that are under way beside it. */
  #partOf(weight: number): number {
    if (this.#leftUsd === Number.POSITIVE_INFINITY) return this.#leftUsd;
    const all = Math.max(
      weight,
      this.#toCome.reduce((sum, one) => sum + one, 0),
    );
    const share = (this.#leftUsd * weight) / all;
    const cost = this.#costOf(weight);
    if (cost > 0) return Math.min(this.#leftUsd, Math.max(share, cost * GRANTED));
    const beside = Math.max(0, Math.min(this.#atOnce - this.#inFlight, this.#toCome.length) - 1);
    return Math.max(share, Math.min(share * HEADROOM, this.#leftUsd - share * beside));
  }

  #begins(weight: number): void {
    const at = this.#toCome.indexOf(weight);
    if (at !== -1) this.#toCome.splice(at, 1);
  }
}
