import { visible } from '@rlm-bridge/text';
import type { Tolerance } from '../api/terms.ts';
import { type EvidenceDocument, GUTTER_PATTERN } from '../evidence/document.ts';
import { collapse, FOLDED, fold } from './folding.ts';
import { placeFragments } from './fragments.ts';
import { NumberedText, type Span } from './numbered-text.ts';
import { formsOf, type QuoteForm } from './quote-forms.ts';

/** Letters, digits and signs that a quote must have to show anything; fewer are found in every file. */
const MIN_QUOTE_CHARS = 3;
/** The same for a quote that is not where the judge says. */
const MIN_MOVED_QUOTE_CHARS = 8;
/** The same for a quote with gaps, by the widest of them; and for the longest of its parts. */
const MIN_LITERAL_CHARS = { mask: 8, elision: 12 };
const MIN_LONGEST_CHARS = 4;
/** What is compared of a quote; and of the lines around the place that is named for one with gaps. */
const MAX_QUOTE_CHARS = 5000;
const MAX_WINDOW_CHARS = 10_000;
const MAX_FRAGMENTS = 20;
/** Lines around those that are named in which a quote with gaps is looked for; more below one that leaves lines out. */
const NEAR = 3;
const ELIDED_LINES = 20;

/** Where a quote is, in lines of the new file and as indexes of the document's lines, and what was tolerated. */
export interface QuotePlace {
  startLine: number;
  endLine: number;
  first: number;
  last: number;
  tolerated: readonly Tolerance[];
}

/** Lines that the judge names. */
interface Named {
  startLine: number;
  endLine: number;
}

/**
 * Finds quotes in a document. As they stand, white space aside, among the lines that are there now and then with the
 * removed ones, whose place is the line they stood before; then as people and models write them down: see
 * {@link formsOf}. A quote with gaps is looked for around the lines that are named, and nowhere else.
 */
export class QuoteIndex {
  readonly #document: EvidenceDocument;
  readonly #collapsed: readonly NumberedText[];
  #folded: readonly NumberedText[] | null = null;

  constructor(document: EvidenceDocument) {
    this.#document = document;
    this.#collapsed = textsOf(document, collapse, ' ');
  }

  /** The place that is nearest to the lines that are named, or null. */
  find(given: string, named: Named): QuotePlace | null {
    const quote = given.slice(0, MAX_QUOTE_CHARS);
    const cut: Tolerance[] = quote === given ? [] : ['cut'];
    const exact =
      this.#literal(this.#collapsed, collapseQuote(quote), named.startLine) ??
      // What looks like a gutter may be the line's own: a row of a table.
      this.#literal(this.#collapsed, collapse(shown(quote)), named.startLine);
    if (exact !== null) return { ...exact.text.placeOf(exact.span), tolerated: cut };
    for (const form of formsOf(quote)) {
      const found = this.#form(form, named);
      if (found !== null) return { ...found.place, tolerated: [...cut, ...form.tolerated, ...found.folded] };
    }
    return null;
  }

  #form(form: QuoteForm, named: Named): { place: ReturnType<NumberedText['placeOf']>; folded: Tolerance[] } | null {
    this.#folded ??= textsOf(this.#document, fold, '');
    const fragments = form.fragments.map((text) => fold(shown(text))).filter((text) => text !== '');
    if (fragments.length !== form.fragments.length || fragments.length > MAX_FRAGMENTS) return null;
    const folded = { fragments, gaps: form.gaps };
    const found =
      form.gaps.length === 0
        ? this.#literal(this.#folded, fragments[0] ?? '', named.startLine)
        : this.#gapped(this.#folded, folded, named);
    if (found === null) return null;
    return { place: found.text.placeOf(found.span), folded: foldsNeeded(form, found.text.linesOf(found.span)) };
  }

  #literal(texts: readonly NumberedText[], wanted: string, line: number) {
    const chars = wanted.replaceAll(' ', '').length;
    if (chars < MIN_QUOTE_CHARS) return null;
    const found = nearestOf(texts, line, (text) => text.nearest(wanted, line));
    if (found === null || (found.away > 0 && chars < MIN_MOVED_QUOTE_CHARS)) return null;
    return found;
  }

  #gapped(texts: readonly NumberedText[], form: Pick<QuoteForm, 'fragments' | 'gaps'>, { startLine, endLine }: Named) {
    const lengths = form.fragments.map(({ length }) => length);
    const literal = lengths.reduce((sum, length) => sum + length, 0);
    const widest = form.gaps.includes('elision') ? 'elision' : 'mask';
    if (literal < MIN_LITERAL_CHARS[widest] || Math.max(...lengths) < MIN_LONGEST_CHARS) return null;
    const below = widest === 'elision' ? ELIDED_LINES : NEAR;
    return nearestOf(texts, startLine, (text) => {
      const window = text.window(
        startLine - NEAR,
        Math.min(endLine, startLine + ELIDED_LINES) + below,
        MAX_WINDOW_CHARS,
      );
      return placeFragments(text, form, window, startLine);
    });
  }
}

function textsOf({ lines }: EvidenceDocument, form: (text: string) => string, separator: string): NumberedText[] {
  const present = new NumberedText(lines, form, separator, false);
  const hasRemoved = lines.some(({ mark }) => mark === '-');
  return hasRemoved ? [present, new NumberedText(lines, form, separator, true)] : [present];
}

/** The nearest place of all texts; of equally near ones that in the first. */
function nearestOf(
  texts: readonly NumberedText[],
  line: number,
  find: (text: NumberedText) => Span | null,
): { text: NumberedText; span: Span; away: number } | null {
  let best: { text: NumberedText; span: Span; away: number } | null = null;
  for (const text of texts) {
    const span = find(text);
    const away = span === null ? Number.POSITIVE_INFINITY : text.distance(span, line);
    if (span !== null && (best === null || away < best.away)) best = { text, span, away };
  }
  return best;
}

/** The folds without which a quote would not be in lines that it was found in. */
function foldsNeeded({ fragments, gaps }: QuoteForm, lines: readonly string[]): Tolerance[] {
  const leftOut: Tolerance[] = [];
  const document = lines.map((text, index) => ({ mark: ' ' as const, number: index + 1, text }));
  for (const tolerance of FOLDED) {
    const without = [...leftOut, tolerance];
    const form = (text: string) => fold(shown(text), without);
    const text = new NumberedText(document, form, without.includes('white-space') ? ' ' : '', true);
    const whole = { from: 0, to: text.text.length };
    if (placeFragments(text, { fragments: fragments.map(form), gaps }, whole, 1) !== null) leftOut.push(tolerance);
  }
  return FOLDED.filter((tolerance) => !leftOut.includes(tolerance));
}

/** The text as the judge was shown it; line breaks are white space. */
function shown(text: string): string {
  return visible(text.replaceAll(/\s+/g, ' '));
}

/** A quote as it is compared: without the gutter that a judge may have copied, white space as single spaces. */
export function collapseQuote(quote: string): string {
  return quote
    .split('\n')
    .map((line) => collapse(visible(line.replace(GUTTER_PATTERN, ''))))
    .filter((line) => line !== '')
    .join(' ');
}
