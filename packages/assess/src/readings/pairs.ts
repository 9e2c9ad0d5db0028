import { counted } from '@rlm-bridge/text';
import { type EvidenceDocument, type EvidenceLine, OTHER } from '../evidence/document.ts';
import type { Pace } from '../evidence/pace.ts';
import { type CalledDefinition, calledAcross } from './calls.ts';
import { type BlockPlace, equalBlocks } from './equal-blocks.ts';

/** Lines of one file that stand in a pair: numbers in the gutter, from and to. */
export interface PairPlace {
  file: string;
  lines: readonly EvidenceLine[];
}

/** Lines of several files that no reading sees together: what is there twice, or is defined in one and called in others. */
export interface Pair {
  /** What it is, in words of ours. */
  about: string;
  places: readonly PairPlace[];
}

/** Files of a block, or callers of a definition, that stand in one pair; and lines that call it, of each. */
const MOST_FILES = 12;
const MOST_CALLS = 3;
/** Lines of a block that are shown. */
const MOST_LINES = 60;

/**
 * The pairs of a work whose groups are read apart: those whose sides are in different groups, and of which the work touched
 * a line.
 */
export async function pairsOf(groups: readonly (readonly EvidenceDocument[])[], pace: Pace): Promise<Pair[]> {
  const groupOf = new Map(groups.flatMap((group, at) => group.map((document) => [document, at])));
  const files = groups.flat().filter(({ kind }) => kind === 'file');
  const blocks = await equalBlocks(files, pace);
  const called = await calledAcross(files, pace);
  return [
    ...blocks.flatMap((places) => copyPair(places, groupOf) ?? []),
    ...called.flatMap((one) => callPairs(one, groupOf)),
  ];
}

type GroupOf = ReadonlyMap<EvidenceDocument, number>;

function copyPair(places: readonly BlockPlace[], groupOf: GroupOf): Pair | null {
  if (new Set(places.map(({ document }) => groupOf.get(document))).size < 2) return null;
  const shown = places.slice(0, MOST_FILES).map(placeOf);
  if (!places.some((place) => isTouched(place.document, placeOf(place).lines))) return null;
  const more = places.length > MOST_FILES ? `, ${places.length - MOST_FILES} of them not shown` : '';
  return { about: `the same lines in ${counted(places.length, 'file')}${more}`, places: shown };
}

function placeOf({ document, first, last }: BlockPlace): PairPlace {
  return { file: document.name, lines: document.lines.slice(first, Math.min(last + 1, first + MOST_LINES)) };
}

/** A definition with its callers in other groups, so many of them in each pair. */
function callPairs({ definition, callers }: CalledDefinition, groupOf: GroupOf): Pair[] {
  const { document } = definition;
  const defined = { file: document.name, lines: document.lines.slice(definition.first, definition.last + 1) };
  const isDefinitionTouched = isTouched(document, defined.lines);
  const calling = [...callers].flatMap(([caller, indexes]): PairPlace[] => {
    if (groupOf.get(caller) === groupOf.get(document)) return [];
    const lines = indexes.slice(0, MOST_CALLS).flatMap((index) => caller.lines[index] ?? []);
    return isDefinitionTouched || isTouched(caller, lines) ? [{ file: caller.name, lines }] : [];
  });
  const pairs: Pair[] = [];
  for (let at = 0; at < calling.length; at += MOST_FILES) {
    const places = [defined, ...calling.slice(at, at + MOST_FILES)];
    pairs.push({ about: 'a definition, and lines that call it', places });
  }
  return pairs;
}

/** Of what has no earlier version everything is the work's. */
function isTouched({ isWhole }: EvidenceDocument, lines: readonly EvidenceLine[]): boolean {
  return isWhole === true || lines.some(({ mark }) => mark !== ' ');
}

/** What a pair is kept by: where its lines stand in their files is no part of it. */
export function pairText({ about, places }: Pair): string {
  return JSON.stringify([about, places.map(({ file, lines }) => [file, lines.map(({ mark, text }) => [mark, text])])]);
}

/** A pair as the judge sees it. A line without number and mark is ours: it names the file of the lines that follow. */
export function pairDocument({ about, places }: Pair, number: number): EvidenceDocument {
  const lines = places.flatMap(({ file, lines: shown }): EvidenceLine[] => [
    { mark: ' ', number: null, text: file },
    ...shown,
  ]);
  return { name: `${OTHER}pair/${number}`, kind: 'pair', facts: [about], lines };
}
