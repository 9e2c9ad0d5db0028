import { setImmediate as turn } from 'node:timers/promises';
import { LEAST_BYTES, MOST_UNITS, type Span, utf8Bytes, widest } from './matches.ts';
import { ReadParts } from './read-parts.ts';
import { hashOf, Sieve } from './rolling.ts';

/** A match of 128 bytes holds a whole window of so many units at every multiple of the step, whatever its characters. */
const ASCII = { size: 32, step: 96 };
const OTHER = { size: 16, step: 28 };

/** Places that are compared for one message: beyond it, a text that repeats itself again and again has read less. */
const COMPARISONS = 50_000;

/** Windows that are taken down before others have a turn. */
const WINDOWS_AT_ONCE = 20_000;

/** Windows of documents, evenly spread, by their hashes: a chain of windows for each bucket. */
export class WindowIndex {
  readonly #texts: readonly string[];
  readonly #sieve: Sieve;
  /** The first window of each bucket, and after each window the next of its bucket, each by one more than its number. */
  readonly #first: Int32Array;
  readonly #next: Int32Array;
  readonly #hashes: Int32Array;
  readonly #documents: Int32Array;
  readonly #places: Int32Array;
  /** Whether a message was not compared with all that it may be. */
  isCut = false;

  readonly #step: number;

  private constructor(texts: readonly string[]) {
    this.#texts = texts;
    const { size, step } = texts.every((text) => Buffer.byteLength(text) === text.length) ? ASCII : OTHER;
    const most = texts.reduce((sum, text) => sum + Math.ceil(text.length / step), 0);
    this.#step = step;
    this.#sieve = new Sieve(size, most);
    this.#first = new Int32Array(2 ** Math.ceil(Math.log2(most + 2)));
    this.#next = new Int32Array(most);
    this.#hashes = new Int32Array(most);
    this.#documents = new Int32Array(most);
    this.#places = new Int32Array(most);
  }

  /** Of texts that are taken down at once. */
  static of(texts: readonly string[]): WindowIndex {
    const index = new WindowIndex(texts);
    for (const _ of index.#takeDown());
    return index;
  }

  /** The same of texts of any length: whatever else waits has turns between. */
  static async inTurns(texts: readonly string[]): Promise<WindowIndex> {
    const index = new WindowIndex(texts);
    for (const _ of index.#takeDown()) await turn();
    return index;
  }

  /** Stops now and then. */
  *#takeDown(): Generator<void, void, void> {
    const { size } = this.#sieve;
    let window = 0;
    for (const [document, text] of this.#texts.entries()) {
      for (let at = 0; at + size <= text.length; at += this.#step) {
        this.#put(window, hashOf(text, at, size), document, at);
        window += 1;
        if (window % WINDOWS_AT_ONCE === 0) yield;
      }
    }
  }

  /** The stretches of at least 128 bytes that stand in a message. */
  spansIn(message: string): Span[] {
    const seeds = new Seeds(this.#texts, message);
    this.#sieve.scan(message, (hash, place) => this.#lookUp(hash, place, seeds));
    return seeds.spans;
  }

  #lookUp(hash: number, place: number, seeds: Seeds): void {
    let window = (this.#first[this.#bucketOf(hash)] ?? 0) - 1;
    while (window >= 0 && !seeds.areAll) {
      if (seeds.isSpent) {
        this.isCut = true;
        return;
      }
      if (this.#hashes[window] === hash) seeds.look(this.#documents[window] ?? 0, this.#places[window] ?? 0, place);
      window = (this.#next[window] ?? 0) - 1;
    }
  }

  #put(window: number, hash: number, document: number, at: number): void {
    const bucket = this.#bucketOf(hash);
    this.#sieve.add(hash);
    this.#hashes[window] = hash;
    this.#documents[window] = document;
    this.#places[window] = at;
    this.#next[window] = this.#first[bucket] ?? 0;
    this.#first[bucket] = window + 1;
  }

  #bucketOf(hash: number): number {
    return (Math.imul(hash, 0x9e3779b1) >>> 7) & (this.#first.length - 1);
  }
}

/** Matches of one message, each extended once. */
class Seeds {
  readonly spans: Span[] = [];
  #comparisons = 0;
  #units = 0;
  readonly #texts: readonly string[];
  readonly #message: string;
  /** Of each document and shift, up to where the message is known to match, or not to. */
  readonly #done = new Map<string, number>();
  readonly #parts = new ReadParts();
  /** Documents of which every unit is found. */
  readonly #whole = new Set<number>();

  constructor(texts: readonly string[], message: string) {
    this.#texts = texts;
    this.#message = message;
  }

  /** Whether there is no more to be found. */
  get areAll(): boolean {
    return this.#whole.size === this.#texts.length;
  }

  /** Whether as much was compared as may be. */
  get isSpent(): boolean {
    return this.#comparisons >= COMPARISONS || this.#units >= MOST_UNITS;
  }

  look(document: number, at: number, place: number): void {
    this.#units += 1;
    if (this.#whole.has(document)) return;
    const diagonal = `${document} ${place - at}`;
    if ((this.#done.get(diagonal) ?? -1) > at) return;
    this.#comparisons += 1;
    const text = this.#texts[document] ?? '';
    const { start, end } = widest(text, at, this.#message, place);
    this.#done.set(diagonal, end);
    this.#units += end - start;
    if (end - start < LEAST_BYTES && utf8Bytes(text, start, end) < LEAST_BYTES) return;
    this.spans.push({ document, start, end });
    this.#parts.add({ document, start, end });
    const [first] = this.#parts.of(document);
    if (first?.[0] === 0 && first[1] === text.length) this.#whole.add(document);
  }
}
