const BASE = 0x01000193;

/** The hash of a window. */
export function hashOf(text: string, from: number, size: number): number {
  let hash = 0;
  for (let i = from; i < from + size; i += 1) hash = (Math.imul(hash, BASE) + text.charCodeAt(i)) | 0;
  return hash;
}

/** Finds windows of one size whose hashes may be one of some. */
export class Sieve {
  readonly size: number;
  readonly #bits: Uint32Array;

  /** `most`: how many hashes there may be. */
  constructor(size: number, most: number) {
    this.size = size;
    const bits = 2 ** Math.min(28, Math.max(12, Math.ceil(Math.log2(most * 16 + 1))));
    this.#bits = new Uint32Array(bits / 32);
  }

  add(hash: number): void {
    const mask = this.#bits.length * 32 - 1;
    for (const bit of [mixed(hash) & mask, mixedAgain(hash) & mask]) {
      this.#bits[bit >>> 5] = (this.#bits[bit >>> 5] as number) | (1 << (bit & 31));
    }
  }

  /** Calls `onHit` with each window of a text that may be one: some are not. Every hash is made of the one before it. */
  scan(text: string, onHit: (hash: number, from: number) => void): void {
    const [size, bits, mask] = [this.size, this.#bits, this.#bits.length * 32 - 1];
    const last = text.length - size;
    if (last < 0) return;
    let first = BASE;
    for (let i = 1; i < size; i += 1) first = Math.imul(first, BASE);
    let hash = hashOf(text, 0, size);
    for (let from = 0; ; from += 1) {
      const bit = mixed(hash) & mask;
      if (((bits[bit >>> 5] as number) & (1 << (bit & 31))) !== 0) {
        const other = mixedAgain(hash) & mask;
        if (((bits[other >>> 5] as number) & (1 << (other & 31))) !== 0) onHit(hash, from);
      }
      if (from >= last) return;
      hash = (Math.imul(hash, BASE) - Math.imul(text.charCodeAt(from), first) + text.charCodeAt(from + size)) | 0;
    }
  }
}

function mixed(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return (once ^ (once >>> 15)) >>> 0;
}

/** Another one: a window that is none has seldom both. */
function mixedAgain(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (once ^ (once >>> 12)) >>> 0;
}
