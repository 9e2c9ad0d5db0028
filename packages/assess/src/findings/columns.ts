import { type EvidenceDocument, GUTTER_PATTERN } from '../evidence/document.ts';
import type { LineRange } from './change.ts';

/** Where a quote begins in its first line and ends in its last: UTF-16 code units from 1, the end is the one after. */
export interface Columns {
  /** Null where {@link NO_COLUMNS} says so, as is `endColumn`. */
  startColumn: number | null;
  endColumn: number | null;
}

/** Nobody knows: the quote is in no file, or in lines that are no longer there. */
export const NO_COLUMNS: Columns = { startColumn: null, endColumn: null };

/** The columns of a quote at its lines. Where it was written down in another way they are those of all that stands on the line. */
export function columnsOf(quote: string, { lines }: EvidenceDocument, { first, last }: LineRange): Columns {
  const place = lines.slice(first, last + 1);
  const [begin, end] = [place.at(0), place.at(-1)];
  if (begin === undefined || end === undefined || place.some(({ mark }) => mark === '-')) return NO_COLUMNS;
  const quoted = quote
    .split('\n')
    .map((line) => line.replace(GUTTER_PATTERN, '').trim())
    .filter((line) => line !== '');
  const whole = (text: string) => ({ from: text.length - text.trimStart().length, to: text.trimEnd().length });
  const { from } = spanOf(quoted.at(0), begin.text) ?? whole(begin.text);
  const { to } = spanOf(quoted.at(-1), end.text) ?? whole(end.text);
  return { startColumn: from + 1, endColumn: to + 1 };
}

function spanOf(wanted: string | undefined, line: string): { from: number; to: number } | null {
  const from = wanted === undefined ? -1 : line.indexOf(wanted);
  return wanted === undefined || from === -1 ? null : { from, to: from + wanted.length };
}
