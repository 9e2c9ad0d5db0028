import { setImmediate } from 'node:timers/promises';

/** Longest that a loop keeps the process to itself, in milliseconds. */
const TURN_MS = 15;

/** Lets a long loop give way in between: to signals, to timers, to what other workers wait for. */
export class Pace {
  readonly #signal: AbortSignal | undefined;
  #since = performance.now();

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** Whether it is time to {@link rest}; asked as often as the loop likes. */
  get isDue(): boolean {
    return performance.now() - this.#since > TURN_MS;
  }

  /** @throws what the signal was aborted with. */
  async rest(): Promise<void> {
    await setImmediate();
    this.#signal?.throwIfAborted();
    this.#since = performance.now();
  }

  /** Gives way when it is time. */
  async step(): Promise<void> {
    if (this.isDue) await this.rest();
  }

  /** What a function makes of each item, in order. */
  async map<T, R>(items: readonly T[], make: (item: T, index: number) => R): Promise<R[]> {
    const made: R[] = [];
    for (const [index, item] of items.entries()) {
      made.push(make(item, index));
      if (this.isDue) await this.rest();
    }
    return made;
  }
}
