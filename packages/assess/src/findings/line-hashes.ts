import { createHash } from 'node:crypto';
import type { EvidenceDocument } from '../evidence/document.ts';
import type { LineRange } from './change.ts';
import { collapse } from './folding.ts';

/** Lines beside a finding's own that tell its place, on each side: as far off two samples' findings may be one. */
const BESIDE = 3;
const HASH_CHARS = 16;
/** Letters and digits that a line must have to tell a place: brackets and blanks stand everywhere. */
const MIN_TELLING_CHARS = 3;

/** Where a finding is, by the words of the lines there: whole lines, whatever part of them a judge quotes. */
export interface Whereabouts {
  /** Hashes of the lines that it is on. */
  lines: string[];
  /** Hashes of the lines beside these. */
  beside: string[];
}

/** Of lines of a document, white space aside; lines that say nothing are left out, but where there is no other. */
export function whereaboutsOf({ lines }: EvidenceDocument, { first, last }: LineRange): Whereabouts {
  const texts = (from: number, to: number) => lines.slice(Math.max(0, from), Math.max(0, to)).map(({ text }) => text);
  const own = texts(first, last + 1);
  const telling = own.filter(isTelling);
  const beside = [...texts(first - BESIDE, first), ...texts(last + 1, last + 1 + BESIDE)];
  return {
    lines: hashes(telling.length > 0 ? telling : own),
    beside: hashes(beside.filter(isTelling)),
  };
}

/** The hash of every line of a document that is there now. */
export function presentLines({ lines }: EvidenceDocument): Set<string> {
  return new Set(lines.filter(({ mark }) => mark !== '-').map(({ text }) => lineHash(text)));
}

function hashes(texts: readonly string[]): string[] {
  return [...new Set(texts.map(lineHash))];
}

function lineHash(text: string): string {
  return createHash('sha256').update(collapse(text)).digest('hex').slice(0, HASH_CHARS);
}

function isTelling(text: string): boolean {
  return (text.match(/[\p{L}\p{N}]/gu)?.length ?? 0) >= MIN_TELLING_CHARS;
}
