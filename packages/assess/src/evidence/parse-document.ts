import type { DocumentKind, EvidenceDocument, EvidenceLine } from './document.ts';

const HEADER = /^\[evidence [0-9a-f]{16} begins: (\w+), ("(?:[^"\\]|\\.)*")/;
const LINE = /^ *(\d*) ([+ -]) \| (.*)$/s;

/** A document that `renderDocument` wrote, and where its lines are in it, gutters included. */
export interface ParsedDocument {
  document: EvidenceDocument;
  spans: readonly { start: number; end: number }[];
}

/** Null: the text is no document of an assessment. */
export function parseDocument(text: string): ParsedDocument | null {
  const [, kind, name] = HEADER.exec(text) ?? [];
  if (kind === undefined || name === undefined) return null;
  const lines: EvidenceLine[] = [];
  const spans: { start: number; end: number }[] = [];
  let start = 0;
  for (const line of text.split('\n')) {
    const end = start + line.length;
    const [, number, mark, content] = LINE.exec(line) ?? [];
    if (content !== undefined) {
      lines.push({ mark: mark as EvidenceLine['mark'], number: number === '' ? null : Number(number), text: content });
      spans.push({ start, end });
    }
    start = end + 1;
  }
  return { document: { name: JSON.parse(name), kind: kind as DocumentKind, facts: [], lines }, spans };
}
