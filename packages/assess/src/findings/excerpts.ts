import type { FindingExcerpt } from '../api/excerpt.ts';
import type { Finding } from '../api/worker-assessment.ts';
import { type ParsedDocument, parseDocument } from '../evidence/parse-document.ts';
import { QuoteIndex, type QuotePlace } from './quote-index.ts';

/** Lines before and after the quote, and the most of them at all. */
const AROUND = 6;
const MOST = 60;

interface IndexedDocument {
  parsed: ParsedDocument;
  index: QuoteIndex;
}

/**
 * Of each verified finding the lines around its quote, as they stand in the context of a run that judged it. One whose quote is
 * not at its lines there has none: it was another context.
 * @param context The documents by their names.
 */
export function excerptsOfContext(
  findings: readonly Finding[],
  context: Readonly<Record<string, string>>,
): FindingExcerpt[] {
  const documents = new Map<string, IndexedDocument | null>();
  return findings.flatMap((finding) => {
    const { file, verified, startLine, endLine } = finding;
    if (!verified) return [];
    const indexed = documents.has(file) ? (documents.get(file) ?? null) : indexedDocument(file, context);
    documents.set(file, indexed);
    const place = indexed?.index.find(finding.quote, finding) ?? null;
    if (indexed === null || place === null || place.startLine !== startLine || place.endLine !== endLine) return [];
    return [excerptAt(finding.id, indexed.parsed, place)];
  });
}

function indexedDocument(file: string, context: Readonly<Record<string, string>>): IndexedDocument | null {
  const text = Object.hasOwn(context, file) ? context[file] : undefined;
  const parsed = text === undefined ? null : parseDocument(text);
  return parsed && { parsed, index: new QuoteIndex(parsed.document) };
}

function excerptAt(
  findingId: string,
  { document, spans }: ParsedDocument,
  { first, last }: QuotePlace,
): FindingExcerpt {
  const from = Math.max(0, first - AROUND);
  const lines = document.lines
    .slice(from, Math.min(last + AROUND + 1, from + MOST))
    .map((line, place) => ({ ...line, isQuoted: from + place >= first && from + place <= last }));
  return { findingId, lines, place: { start: spans[first]?.start ?? 0, end: spans[last]?.end ?? 0 } };
}
