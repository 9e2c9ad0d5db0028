import { posix } from 'node:path';
import { counted, visible } from '@rlm-bridge/text';
import { type EvidenceDocument, type EvidenceLine, OTHER } from '../evidence/document.ts';
import type { JudgeFinding } from '../findings/judge-finding.ts';
import type { ReadingAnswer } from '../judge/answer.ts';
import type { Group } from './plan.ts';

/** How much of a text of a reading whoever judges the whole is shown, in characters. */
const MOST = { summary: 600, open: 300, reason: 160, message: 240 };
const MOST_OPEN = 10;

/** What was said of each part, and of pairs before, as a document. */
export function saidDocument(
  groups: readonly Group[],
  readings: readonly ReadingAnswer[],
  ofPairs: readonly JudgeFinding[],
): EvidenceDocument {
  const lines = readings.flatMap((reading, at) => {
    const { documents = [] } = groups[at] ?? {};
    return [`reading ${at + 1}: ${filesText(documents)}`, ...readingLines(reading), ''];
  });
  const beside = ofPairs.length === 0 ? [] : ['between files, found before:', ...ofPairs.map(findingLine)];
  const texts = [...lines, ...beside].map(visible);
  return {
    name: `${OTHER}readings`,
    kind: 'reading',
    facts: [counted(readings.length, 'part')],
    lines: texts.map((text, index): EvidenceLine => ({ mark: ' ', number: index + 1, text })),
  };
}

/** `src: a.ts, b.ts; test: a.test.ts` */
function filesText(documents: readonly EvidenceDocument[]): string {
  const own = documents.filter(({ kind }) => kind !== 'criteria');
  const folders = Map.groupBy(own, ({ name }) => posix.dirname(name));
  return [...folders]
    .map(([folder, all]) => `${folder}: ${all.map(({ name }) => posix.basename(name)).join(', ')}`)
    .join('; ');
}

function readingLines({ dimensions, criteria, summary, open, findings }: ReadingAnswer): string[] {
  return [
    ...Object.entries(dimensions).map(
      ([name, { level, reason }]) => `${name}: ${level}, ${short(reason, MOST.reason)}`,
    ),
    ...Object.entries(criteria)
      .filter(([, { outcome }]) => outcome !== 'not_applicable')
      .map(([id, { outcome, reason }]) => `${id}: ${outcome}, ${short(reason, MOST.reason)}`),
    `summary: ${short(summary, MOST.summary)}`,
    ...open.slice(0, MOST_OPEN).map((one) => `open: ${short(one, MOST.open)}`),
    ...findings.map(findingLine),
  ];
}

function findingLine({ severity, rule, file, startLine, endLine, message }: JudgeFinding): string {
  return `finding: ${severity} ${rule} in ${file}:${startLine}-${endLine}, ${short(message, MOST.message)}`;
}

function short(text: string, most: number): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}
