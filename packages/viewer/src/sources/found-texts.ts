import type { TextRef } from '../model/texts.ts';
import { textRef } from '../texts/text-ref.ts';
import type { TextTable } from '../texts/text-table.ts';

/** Characters of texts after the one that is looked for which are taken along: who reads on wants them next. */
const ALONG_CHARS = 8_000_000;

/** Finds a text again, by its number and length, where all are told once more. */
export class FoundTexts implements TextTable {
  readonly texts = new Map<number, string>();
  readonly #wanted: Pick<TextRef, 'id' | 'chars'>;
  readonly #alongChars: number;
  #next = 0;
  #chars = 0;

  /** `keptChars`: what is kept at all, so that no more is taken along. */
  constructor(wanted: Pick<TextRef, 'id' | 'chars'>, keptChars: number) {
    this.#wanted = wanted;
    this.#alongChars = Math.min(ALONG_CHARS, keptChars);
  }

  /** Whether nothing more is taken: the text is whole, and what follows it as much as wanted. */
  get isFull(): boolean {
    const { id, chars } = this.#wanted;
    return (this.texts.get(id)?.length ?? -1) >= chars && this.#chars > this.#alongChars;
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
    const { id: first } = this.#wanted;
    if (id !== first && (id < first || this.#chars > this.#alongChars)) return;
    this.#chars += text.length;
    this.texts.set(id, text);
  }
}
