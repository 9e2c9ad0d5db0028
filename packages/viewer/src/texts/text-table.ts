import type { TextRef } from '../model/texts.ts';
import { textRef } from './text-ref.ts';

/** Where the texts of a run go as they come: each gets the next number, so that reading again gives the same ones. */
export interface TextTable {
  add(text: string): TextRef;
  /** A text that goes on, or is another one now, under the number that it has. */
  change(ref: TextRef, text: string): TextRef;
}

/** Texts in memory, up to so many characters: those that nobody asked for longest go first. */
export class KeptTexts implements TextTable {
  readonly #mostChars: number;
  /** In the order of their use. */
  readonly #texts = new Map<number, string>();
  #chars = 0;
  #next = 0;

  constructor(mostChars = Number.POSITIVE_INFINITY) {
    this.#mostChars = mostChars;
  }

  /** The number that the next text gets. */
  get next(): number {
    return this.#next;
  }

  add(text: string): TextRef {
    const id = this.#next;
    this.#next += 1;
    this.keep(id, text);
    return textRef(id, text);
  }

  change({ id }: TextRef, text: string): TextRef {
    this.keep(id, text);
    return textRef(id, text);
  }

  /** Undefined: it is not kept any more. */
  find(id: number): string | undefined {
    const text = this.#texts.get(id);
    if (text !== undefined) {
      this.#texts.delete(id);
      this.#texts.set(id, text);
    }
    return text;
  }

  keep(id: number, text: string): void {
    this.#drop(id);
    this.#texts.set(id, text);
    this.#chars += text.length;
    for (const [oldest] of this.#texts) {
      if (this.#chars <= this.#mostChars || oldest === id) return;
      this.#drop(oldest);
    }
  }

  #drop(id: number): void {
    this.#chars -= this.#texts.get(id)?.length ?? 0;
    this.#texts.delete(id);
  }
}
