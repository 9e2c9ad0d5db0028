import type { Omitted } from '../result.ts';
import type { EvidenceDocument, EvidenceLine } from './document.ts';
import { fileName, plainLines } from './document.ts';
import { changesOnly, diffLines } from './line-diff.ts';
import { visible, visibleLines } from './visible-text.ts';

/** A side of a change as far as it can be read. */
export type FileText =
  | { kind: 'text'; text: string; facts: readonly string[] }
  | { kind: 'binary'; bytes: number }
  | { kind: 'submodule'; commit: string };

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
 * A changed file in one document: its whole text, changes marked, removed lines in place. Longer ones are reduced to
 * their changes; of what is no text there is one line that says what it is.
 */
export function fileDocument({ name, facts, before, after }: FileVersions, maxChars: number): FileDocument {
  const all = [...new Set([...facts, ...textFacts(before), ...textFacts(after)])].map(visible);
  const document = (lines: readonly EvidenceLine[], more: readonly string[] = []): EvidenceDocument => ({
    name: fileName(visible(name)),
    kind: 'file',
    facts: [...all, ...more],
    lines,
  });
  const opaque = [after, before].find((side) => side !== null && side.kind !== 'text');
  if (opaque) {
    const lines = opaqueLines(before, after);
    return { document: { ...document(lines), isOpaque: true }, omission: omissionOf(name, opaque) };
  }
  const lines = linesOf(before, after);
  if (charsOf(lines) <= maxChars) return { document: document(lines), omission: null };
  const changes = before === null || after === null ? lines : changesOnly(lines);
  const detail = `${charsOf(changes)} characters of changes, more than maxFileChars (${maxChars})`;
  if (charsOf(changes) > maxChars) return { document: null, omission: { file: name, reason: 'too_large', detail } };
  return { document: document(changes, ['long: only its changes are shown']), omission: null };
}

function linesOf(before: FileText | null, after: FileText | null): EvidenceLine[] {
  const old = before?.kind === 'text' ? visibleLines(before.text) : [];
  const now = after?.kind === 'text' ? visibleLines(after.text) : [];
  if (before === null) return plainLines(now, '+');
  return diffLines(old, now);
}

function opaqueLines(before: FileText | null, after: FileText | null): EvidenceLine[] {
  const removed: EvidenceLine[] = before === null ? [] : [{ mark: '-', number: null, text: describe(before) }];
  return after === null ? removed : [...removed, { mark: '+', number: 1, text: describe(after) }];
}

function describe(side: FileText): string {
  switch (side.kind) {
    case 'text':
      return `(text of ${side.text.length} characters)`;
    case 'binary':
      return `(binary data, ${side.bytes} bytes)`;
    case 'submodule':
      return `(submodule at commit ${side.commit})`;
  }
}

function omissionOf(file: string, side: FileText): Omitted {
  const reason = side.kind === 'submodule' ? 'submodule' : 'binary';
  return { file, reason, detail: describe(side).slice(1, -1) };
}

function textFacts(side: FileText | null): readonly string[] {
  return side?.kind === 'text' ? side.facts : [];
}

function charsOf(lines: readonly EvidenceLine[]): number {
  return lines.reduce((chars, { text }) => chars + text.length + 1, 0);
}
