import type { TextRef } from '../../model/texts.ts';

type ReadText = (text: TextRef, start: number, end: number) => Promise<string>;

/** Characters that are asked for at once, and how many of such pieces are kept: 16 million characters. */
const CHUNK = 131_072;
const KEPT = 128;

/** Parts of the texts of a run. What was read is kept for a while, so that scrolling back asks for nothing. */
export class TextReader {
  readonly #readText: ReadText;
  readonly #chunks = new Map<string, Promise<string>>();

  constructor(readText: ReadText) {
    this.#readText = readText;
  }

  /** Characters from `start` up to `end`, as far as there are any. */
  async read(text: TextRef, start = 0, end: number = text.chars): Promise<string> {
    const from = Math.max(0, start);
    const to = Math.min(end, text.chars);
    const parts: Promise<string>[] = [];
    for (let chunk = Math.floor(from / CHUNK); chunk * CHUNK < to; chunk++) parts.push(this.#chunk(text, chunk));
    const first = Math.floor(from / CHUNK) * CHUNK;
    return (await Promise.all(parts)).join('').slice(from - first, to - first);
  }

  #chunk(text: TextRef, chunk: number): Promise<string> {
    const start = chunk * CHUNK;
    const end = Math.min(start + CHUNK, text.chars);
    // A text that grows has other last characters later.
    const key = `${text.id} ${start} ${end}`;
    const kept = this.#chunks.get(key);
    this.#chunks.delete(key);
    const reading = kept ?? this.#readText(text, start, end);
    this.#chunks.set(key, reading);
    if (!kept) reading.catch(() => this.#chunks.delete(key));
    const [oldest] = this.#chunks.keys();
    if (this.#chunks.size > KEPT && oldest !== undefined) this.#chunks.delete(oldest);
    return reading;
  }
}
