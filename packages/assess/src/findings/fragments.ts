import type { NumberedText, Span } from './numbered-text.ts';
import { occurrences } from './occurrences.ts';
import type { QuoteForm } from './quote-forms.ts';

/** Characters that one mask may stand for. */
const MAX_MASKED = 300;

/**
 * Where texts stand one after the other within a window: between two of them what a mask or an elision stands for. Of
 * several places the one nearest to `line`. Linear in the window for each text.
 */
export function placeFragments(
  text: NumberedText,
  { fragments, gaps }: Pick<QuoteForm, 'fragments' | 'gaps'>,
  window: Span,
  line: number,
): Span | null {
  const inWindow = text.text.slice(window.from, window.to + 1);
  let chains: Span[] = [];
  for (const [index, fragment] of fragments.entries()) {
    const found = [...occurrences(inWindow, fragment)].map((at) => window.from + at);
    const spans = found.map((from) => ({ from, to: from + fragment.length - 1 }));
    chains = index === 0 ? spans : joined(text, chains, spans, gaps[index - 1] ?? 'mask');
  }
  return chains.reduce<Span | null>(
    (best, span) => (best === null || text.distance(span, line) < text.distance(best, line) ? span : best),
    null,
  );
}

/** Each of `next` with the chain that ends last before it; both are in order. Without one that is near enough it falls. */
function joined(text: NumberedText, chains: Span[], next: Span[], gap: 'mask' | 'elision'): Span[] {
  const result: Span[] = [];
  let at = -1;
  for (const span of next) {
    while (at + 1 < chains.length && (chains[at + 1]?.to ?? 0) < span.from) at += 1;
    const before = chains[at];
    if (before === undefined) continue;
    const isNear = span.from - before.to <= MAX_MASKED + 1 && text.partAt(before.to) === text.partAt(span.from);
    if (gap === 'elision' || isNear) result.push({ from: before.from, to: span.to });
  }
  return result;
}
