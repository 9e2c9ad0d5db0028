import type { TextRef } from '../model/texts.ts';
import { textRef } from '../texts/text-ref.ts';
import type { TextTable } from '../texts/text-table.ts';

/** Characters of texts after the one that is looked for which are taken along: who reads on wants them next. */
const ALONG_CHARS = 8_000_000;

/** Finds a text again, by its number, where all are told once more. */
export class FoundTexts implements TextTable {
  readonly texts = new Map<number, string>();
  readonly #first: number;
  #next = 0;
  #chars = 0;

  constructor(first: number) {
    this.#first = first;
  }

  add(text: string): TextRef {
    const id = this.#next;
    this.#next += 1;
    this.#take(id, text);
    return textRef(id, text);
  }

  change({ id }: TextRef, text: string): TextRef {
    this.#take(id, text);
    return textRef(id, text);
  }

  #take(id: number, text: string): void {
    if (id !== this.#first && (id < this.#first || this.#chars > ALONG_CHARS)) return;
    this.#chars += text.length;
    this.texts.set(id, text);
  }
}
