import type { EvidenceLine } from '../evidence/document.ts';
import { occurrences } from './occurrences.ts';

/** Offsets of the first and the last character of something in a text. */
export interface Span {
  from: number;
  to: number;
}

/** Lines of a document joined to one text in which every offset knows its line. */
export class NumberedText {
  readonly text: string;
  readonly #lines: readonly EvidenceLine[];
  readonly #numbers: Uint32Array;
  /** Of each part of the text, where it begins and which of the lines it is. */
  readonly #starts: number[] = [];
  readonly #indexes: number[] = [];

  /** `form` gives each line as it is compared; lines that it makes empty are left out. */
  constructor(lines: readonly EvidenceLine[], form: (text: string) => string, separator: string, withRemoved: boolean) {
    this.#lines = lines;
    this.#numbers = new Uint32Array(lines.length);
    const parts: string[] = [];
    let length = 0;
    let number = 1;
    for (const [index, line] of lines.entries()) {
      if (line.number !== null) number = line.number;
      this.#numbers[index] = number;
      if (line.mark === '-' && !withRemoved) continue;
      const text = form(line.text);
      if (text === '') continue;
      this.#starts.push(length);
      this.#indexes.push(index);
      parts.push(text);
      length += text.length + separator.length;
    }
    this.text = parts.join(separator);
  }

  /** The place of `wanted` that is nearest to a line; null: it is nowhere. */
  nearest(wanted: string, line: number): Span | null {
    let best: Span | null = null;
    let distance = Number.POSITIVE_INFINITY;
    for (const from of occurrences(this.text, wanted)) {
      const span = { from, to: from + wanted.length - 1 };
      const away = this.distance(span, line);
      // They come in order: once they are farther off than the best, so are all that follow.
      if (away > distance || distance === 0) break;
      if (away < distance) [best, distance] = [span, away];
    }
    return best;
  }

  /** How many lines a place is away from a line. */
  distance(span: Span, line: number): number {
    const { startLine, endLine } = this.placeOf(span);
    return Math.max(startLine - line, line - endLine, 0);
  }

  /** The lines of a span: their numbers in the new file, and themselves as indexes. */
  placeOf({ from, to }: Span): { startLine: number; endLine: number; first: number; last: number } {
    const [first, last] = [this.#indexes[this.partAt(from)] ?? 0, this.#indexes[this.partAt(to)] ?? 0];
    return { startLine: this.#numbers[first] ?? 1, endLine: this.#numbers[last] ?? 1, first, last };
  }

  /** Where lines of these numbers stand in the text; at most `most` characters of them. */
  window(startLine: number, endLine: number, most: number): Span {
    const parts = this.#indexes.length;
    const from = firstWhere(parts, (part) => this.#numberOf(part) >= startLine);
    const after = firstWhere(parts, (part) => this.#numberOf(part) > endLine);
    const start = this.#starts[from] ?? this.text.length;
    return { from: start, to: Math.min(this.#starts[after] ?? this.text.length, start + most) - 1 };
  }

  /** The words of the lines that a span touches, as they stand in the document. */
  linesOf(span: Span): string[] {
    const { first, last } = this.placeOf(span);
    return this.#lines.slice(first, last + 1).map(({ text }) => text);
  }

  /** Which part of the text, which is a line of it, an offset is in. */
  partAt(offset: number): number {
    return firstWhere(this.#starts.length, (part) => (this.#starts[part] ?? 0) > offset) - 1;
  }

  #numberOf(part: number): number {
    return this.#numbers[this.#indexes[part] ?? 0] ?? 0;
  }
}

/** The first of `count` for which a condition holds, that holds for all after it; `count`: for none. */
function firstWhere(count: number, holds: (index: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
