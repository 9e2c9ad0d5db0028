import { createHash } from 'node:crypto';
import { collapseQuote } from './quote-index.ts';

interface Located {
  rule: string;
  file: string;
  quote: string;
  startLine: number;
}

/**
 * The same finding has the same id on every run: it is made of rule, path, quote and, where these are equal, of the
 * order in the file. Lines and words of the judge are no part of it.
 */
export function withFingerprints<T extends Located>(findings: readonly T[]): (T & { id: string })[] {
  const seen = new Map<string, number>();
  return [...findings].sort(byPlace).map((finding) => {
    const key = JSON.stringify([finding.rule, finding.file, collapseQuote(finding.quote)]);
    const occurrence = seen.get(key) ?? 0;
    seen.set(key, occurrence + 1);
    const id = createHash('sha256').update(key).update(String(occurrence)).digest('hex').slice(0, 20);
    return { ...finding, id };
  });
}

/** The one order of findings, by code units: every report of equal findings is equal. */
export function byPlace(a: Located, b: Located): number {
  return compare(a.file, b.file) || a.startLine - b.startLine || compare(a.rule, b.rule) || compare(a.quote, b.quote);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
