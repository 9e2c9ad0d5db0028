import { cutsPair, LEAST_END_BYTES, MOST_UNITS, type Span, same, utf8Bytes, widest } from './matches.ts';
import { hashOf, Sieve } from './rolling.ts';

/** The shortest end of each document that counts, by its text: of a shorter document, all of it. */
export class EndIndex {
  readonly #texts: readonly string[];
  readonly #byLength = new Map<number, Ends>();
  /** Whether a message was not compared with all that it may be. */
  isCut = false;

  constructor(texts: readonly string[]) {
    this.#texts = texts;
    for (const [document, text] of texts.entries()) {
      const end = text.slice(beginOfEnd(text));
      if (end === '') continue;
      const ends = this.#byLength.get(end.length) ?? new Ends(end.length, texts.length);
      this.#byLength.set(end.length, ends);
      ends.add(end, document);
    }
  }

  /** The stretches up to the end of a document that stand in a message: the longest of each. */
  spansIn(message: string): Span[] {
    const starts = new Map<number, number>();
    let units = 0;
    for (const ends of this.#byLength.values()) {
      // The last place first: a text that repeats itself has the most before it there.
      for (const { document, place } of ends.placesIn(message).toReversed()) {
        const text = this.#texts[document] ?? '';
        const known = starts.get(document) ?? text.length;
        const before = known - 1;
        const mayBeLonger =
          known === text.length || (known > 0 && same(text, before, message, before + place - text.length));
        if (!mayBeLonger) continue;
        if (units >= MOST_UNITS) {
          this.isCut = true;
          break;
        }
        const { start } = widest(text, text.length, message, place);
        units += text.length - start;
        starts.set(document, Math.min(start, known));
      }
    }
    return [...starts].map(([document, start]) => ({ document, start, end: this.#texts[document]?.length ?? 0 }));
  }
}

/** Ends of one length. */
class Ends {
  readonly #sieve: Sieve;
  readonly #documents = new Map<string, number[]>();

  constructor(length: number, most: number) {
    this.#sieve = new Sieve(length, most);
  }

  add(end: string, document: number): void {
    this.#sieve.add(hashOf(end, 0, end.length));
    const documents = this.#documents.get(end);
    if (documents === undefined) this.#documents.set(end, [document]);
    else documents.push(document);
  }

  /** The documents whose end stands in a message, and where it ends there. */
  placesIn(message: string): { document: number; place: number }[] {
    const { size } = this.#sieve;
    const found: { document: number; place: number }[] = [];
    this.#sieve.scan(message, (_, at) => {
      const documents = this.#documents.get(message.slice(at, at + size)) ?? [];
      for (const document of documents) found.push({ document, place: at + size });
    });
    return found;
  }
}

function beginOfEnd(text: string): number {
  let at = text.length;
  while (at > 0 && utf8Bytes(text, at) < LEAST_END_BYTES) at -= 1;
  return at > 0 && cutsPair(text, at) ? at - 1 : at;
}
