/**
 * Numbers that are the same for the same seed, on every machine: mulberry32 by Tommy Ettinger, which is in the public domain.
 * Not for keys.
 */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** One of them; undefined: there is none. */
  pick<T>(all: readonly T[]): T | undefined {
    return all[Math.floor(this.next() * all.length)];
  }

  /** The same in another order, by Fisher and Yates. */
  shuffled<T>(all: readonly T[]): T[] {
    const cards = [...all];
    for (let at = cards.length - 1; at > 0; at--) {
      const other = Math.floor(this.next() * (at + 1));
      [cards[at], cards[other]] = [cards[other] as T, cards[at] as T];
    }
    return cards;
  }

  /** So many signs of an alphabet. */
  text(length: number, alphabet: string): string {
    return Array.from({ length }, () => alphabet[Math.floor(this.next() * alphabet.length)]).join('');
  }
}
