import type { EvidenceDocument } from '../evidence/document.ts';
import type { JudgeFinding } from '../judge/answer.ts';
import { collapseQuote, QuoteIndex } from './quote-index.ts';

/** A finding whose quote was looked for in the evidence. */
export type CheckedFinding = JudgeFinding & { verified: boolean };

/** Each finding at the lines where its quote is; `verified: false` where it is nowhere in the file it names. */
export function verifyFindings(
  findings: readonly JudgeFinding[],
  documents: readonly EvidenceDocument[],
): CheckedFinding[] {
  const indexes = new Map<string, QuoteIndex>();
  return findings.map((finding) => {
    const document = findDocument(finding.file, documents);
    const endLine = Math.max(finding.startLine, finding.endLine);
    const unverified = { ...finding, endLine, verified: false };
    if (document === undefined) return unverified;
    const index = indexes.get(document.name) ?? new QuoteIndex(document);
    indexes.set(document.name, index);
    const place = index.find(finding.quote, finding.startLine);
    const quote = collapseQuote(finding.quote) === '' ? finding.quote : withoutGutter(finding.quote);
    if (place === null) return { ...unverified, file: document.name };
    return { ...finding, file: document.name, quote, ...place, verified: true };
  });
}

/** By its name, also when the judge wrote `./` before it. */
function findDocument(file: string, documents: readonly EvidenceDocument[]): EvidenceDocument | undefined {
  return documents.find(({ name }) => name === file) ?? documents.find(({ name }) => `./${name}` === file);
}

function withoutGutter(quote: string): string {
  const lines = quote.split('\n');
  const gutter = /^\s*\d+\s+[+ ] \| |^\s*- \| /;
  return lines.some((line) => gutter.test(line)) ? lines.map((line) => line.replace(gutter, '')).join('\n') : quote;
}
