import type { EvidenceDocument, EvidenceLine } from '../evidence/document.ts';
import { GUTTER_PATTERN } from '../evidence/document.ts';
import { visible } from '../evidence/visible-text.ts';

/** Letters, digits and signs that a quote must have to show anything; fewer are found in every file. */
const MIN_QUOTE_CHARS = 3;
/** The same for a quote that is not where the judge says. */
const MIN_MOVED_QUOTE_CHARS = 8;

/** Where a quote is, in lines of the new file. */
export interface QuotePlace {
  startLine: number;
  endLine: number;
}

/**
 * Finds quotes in a document, white space aside. First among the lines that are there now, then with the removed ones,
 * whose place is the line they stood before.
 */
export class QuoteIndex {
  readonly #present: Collapsed;
  readonly #withRemoved: Collapsed;

  constructor({ lines }: EvidenceDocument) {
    this.#present = new Collapsed(lines.filter(({ mark }) => mark !== '-'));
    this.#withRemoved = new Collapsed(lines);
  }

  /** The place that is nearest to `startLine`, or null. */
  find(quote: string, startLine: number): QuotePlace | null {
    const wanted = collapseQuote(quote);
    const chars = wanted.replaceAll(' ', '').length;
    if (chars < MIN_QUOTE_CHARS) return null;
    for (const text of [this.#present, this.#withRemoved]) {
      const place = text.nearest(wanted, startLine);
      if (place === null) continue;
      const isThere = place.startLine <= startLine && startLine <= place.endLine;
      if (isThere || chars >= MIN_MOVED_QUOTE_CHARS) return place;
    }
    return null;
  }
}

/** A quote as it is compared: without the gutter that a judge may have copied, white space as single spaces. */
export function collapseQuote(quote: string): string {
  return quote
    .split('\n')
    .map((line) => collapse(visible(line.replace(GUTTER_PATTERN, ''))))
    .filter((line) => line !== '')
    .join(' ');
}

function collapse(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** Lines joined to one text in which every offset knows its line. */
class Collapsed {
  readonly #text: string;
  readonly #starts: number[] = [];
  readonly #numbers: number[] = [];

  constructor(lines: readonly EvidenceLine[]) {
    const parts: string[] = [];
    let length = 0;
    let number = 1;
    for (const line of lines) {
      if (line.number !== null) number = line.number;
      const text = collapse(line.text);
      if (text === '') continue;
      this.#starts.push(length);
      this.#numbers.push(number);
      parts.push(text);
      length += text.length + 1;
    }
    this.#text = parts.join(' ');
  }

  nearest(wanted: string, line: number): QuotePlace | null {
    let best: QuotePlace | null = null;
    for (let at = this.#text.indexOf(wanted); at !== -1; at = this.#text.indexOf(wanted, at + 1)) {
      const place = { startLine: this.#lineAt(at), endLine: this.#lineAt(at + wanted.length - 1) };
      if (best === null || distance(place, line) < distance(best, line)) best = place;
    }
    return best;
  }

  #lineAt(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return this.#numbers[low] ?? 1;
  }
}

function distance({ startLine, endLine }: QuotePlace, line: number): number {
  return Math.max(startLine - line, line - endLine, 0);
}
