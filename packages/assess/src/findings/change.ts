import type { Change, Origin } from '../api/terms.ts';
import type { EvidenceDocument, EvidenceLine } from '../evidence/document.ts';

/** Lines of a document, by their indexes. */
export interface LineRange {
  first: number;
  last: number;
}

/**
 * What the work did to lines. Those of commits, criteria, logs, transcripts and files that were given whole have no
 * earlier version: they count as added.
 */
export function changeOf({ kind, isWhole, lines }: EvidenceDocument, range: LineRange): Change {
  if (kind !== 'file' || isWhole === true) return 'added';
  const marks = lines.slice(range.first, range.last + 1).map(({ mark }) => mark);
  if (marks.includes('+')) return blockOf(lines, range).some(({ mark }) => mark === '-') ? 'changed' : 'added';
  return marks.includes('-') ? 'removed' : 'untouched';
}

/**
 * Where the fault of a finding is from, when the judge does not say: a line that was put in brings it in, one that was
 * replaced is mended, one that stands untouched had it before. Null: a line that was taken out, or stands beside one,
 * may be the fault or what kept it away.
 */
export function originOf(change: Change, { lines }: EvidenceDocument, range: LineRange): Origin | null {
  if (change === 'added' || change === 'changed') return 'introduced';
  const block = blockOf(lines, { first: range.first - 1, last: range.last + 1 });
  const isDeletion = block.some(({ mark }) => mark === '-') && block.every(({ mark }) => mark !== '+');
  if (isDeletion) return null;
  return change === 'removed' ? 'mended' : 'existing';
}

/** The lines of a range, and the added and removed ones that they are among. */
function blockOf(lines: readonly EvidenceLine[], { first, last }: LineRange): readonly EvidenceLine[] {
  const isChanged = (index: number) => (lines[index]?.mark ?? ' ') !== ' ';
  let [from, to] = [Math.max(0, first), Math.min(lines.length - 1, last)];
  while (isChanged(from) && isChanged(from - 1)) from -= 1;
  while (isChanged(to) && isChanged(to + 1)) to += 1;
  return lines.slice(from, to + 1);
}
