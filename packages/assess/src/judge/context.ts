import { type Evidence, type EvidenceDocument, OTHER, plainLines, renderDocument } from '../evidence/document.ts';
import { counted } from '../text/counted.ts';
import { visible } from '../text/visible-text.ts';

/** The judge's context: every document by its name, and first a list of them. */
export function contextOf(evidence: Evidence): Record<string, string> {
  const documents = [overviewOf(evidence), ...evidence.documents];
  return Object.fromEntries(documents.map((document) => [document.name, renderDocument(document)]));
}

export function charsOf(context: Record<string, string>): number {
  return Object.values(context).reduce((sum, text) => sum + text.length, 0);
}

function overviewOf({ documents, omitted }: Evidence): EvidenceDocument {
  const lines = [
    ...documents.map(({ name, kind, facts, lines: { length } }) =>
      [name, kind, ...facts, counted(length, 'line')].join(', '),
    ),
    // What the caller wrote is no matter of the judge's: it is there once the judge has spoken.
    ...omitted
      .filter(({ reason }) => reason !== 'not_work')
      .map(({ file, reason, detail }) => `${visible(file)}, not shown: ${reason}, ${detail}`),
  ];
  return { name: `${OTHER}documents`, kind: 'log', facts: ['a list of the documents'], lines: plainLines(lines) };
}
