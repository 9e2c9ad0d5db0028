import { visible } from '@rlm-bridge/text';
import type { Omitted } from '../api/worker-assessment.ts';
import type { EvidenceDocument, EvidenceLine } from './document.ts';
import { fileName } from './document.ts';
import { describe, type FileText } from './file-text.ts';
import type { Limits } from './limits.ts';
import { changesOnly, diffLines, replacedLines } from './line-diff.ts';
import type { Versions } from './line-runs.ts';
import { Pace } from './pace.ts';

export interface FileVersions {
  name: string;
  facts: readonly string[];
  /** Null: there was no such file. */
  before: FileText | null;
  /** Null: it was deleted. */
  after: FileText | null;
}

/** The document of a changed file, and what of it the judge cannot be shown. */
export interface FileDocument {
  document: EvidenceDocument | null;
  omission: Omitted | null;
}

/**
 * Each changed file in one document: its whole text, changes marked, removed lines in place. Longer ones are reduced to
 * their changes; of what is no text, and of what no line shows, there is a line that says what it is.
 */
export async function fileDocuments(
  files: readonly FileVersions[],
  { maxFileChars, signal }: Pick<Limits, 'maxFileChars' | 'signal'>,
): Promise<FileDocument[]> {
  const pace = new Pace(signal);
  const texts = files.flatMap((file) => textsOf(file) ?? []);
  const diffs = (await diffLines(texts, signal)).values();
  const made: FileDocument[] = [];
  for (const file of files) {
    const { before, after } = file;
    const lines =
      textsOf(file) === null
        ? await replacedLines({ before: sideLines(before), after: sideLines(after) }, pace)
        : (diffs.next().value ?? []);
    made.push(fileDocument(file, lines, maxFileChars));
    await pace.step();
  }
  return made;
}

function fileDocument(
  { name, facts, before, after }: FileVersions,
  lines: readonly EvidenceLine[],
  maxChars: number,
): FileDocument {
  const unread = [after, before].filter((side) => side !== null).find((side) => side.kind !== 'text');
  const omission = unread === undefined ? null : { file: name, reason: unread.kind, detail: describe(unread) };
  const isWhole = charsOf(lines) <= maxChars;
  const shown = isWhole || before === null || after === null ? lines : changesOnly(lines);
  if (charsOf(shown) > maxChars) {
    const detail = `${charsOf(shown)} characters of changes, more than maxFileChars (${maxChars})`;
    return { document: null, omission: { file: name, reason: 'too_large', detail } };
  }
  const all = [...facts, ...textFacts(before), ...textFacts(after), ...unseenFacts(before, after, lines)];
  const document: EvidenceDocument = {
    name: fileName(visible(name)),
    kind: 'file',
    facts: [...new Set(all.map(visible)), ...(isWhole ? [] : ['long: only its changes are shown'])],
    lines: shown.length > 0 ? shown : standIn(before, after),
    ...(![before, after].some(hasLines) && { isOpaque: true }),
    ...(!isWhole && { isPartial: true }),
  };
  return { document, omission };
}

/** What can be compared line by line: both sides are texts. */
function textsOf({ before, after }: FileVersions): Versions | null {
  return before?.kind === 'text' && after?.kind === 'text' ? { before: before.lines, after: after.lines } : null;
}

function sideLines(side: FileText | null): readonly string[] {
  if (side === null) return [];
  return side.kind === 'text' && side.text !== '' ? side.lines : [`(${describe(side)})`];
}

/** The one line that stands for a change which no line shows. */
function standIn(before: FileText | null, after: FileText | null): EvidenceLine[] {
  const side = after ?? before;
  return side === null ? [] : [{ mark: ' ', number: 1, text: `(${describe(side)}, no line of it changed)` }];
}

function hasLines(side: FileText | null): boolean {
  return side?.kind === 'text' && side.text !== '';
}

/** What differs between two texts beside their lines. */
function unseenFacts(before: FileText | null, after: FileText | null, lines: readonly EvidenceLine[]): string[] {
  if (before?.kind !== 'text' || after?.kind !== 'text' || before.text === '' || after.text === '') return [];
  if (before.form !== after.form) return [`was ${before.form}, is now ${after.form}`];
  const isSeen = before.text === after.text || lines.some(({ mark }) => mark !== ' ');
  return isSeen ? [] : ['line ends changed on some lines'];
}

function textFacts(side: FileText | null): readonly string[] {
  return side?.kind === 'text' ? side.facts : [];
}

function charsOf(lines: readonly EvidenceLine[]): number {
  return lines.reduce((chars, { text }) => chars + text.length + 1, 0);
}
