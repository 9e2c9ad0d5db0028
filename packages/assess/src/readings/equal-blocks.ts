import type { EvidenceDocument, EvidenceLine } from '../evidence/document.ts';
import type { Pace } from '../evidence/pace.ts';

/** Least lines and least words' characters of a block that is worth telling: braces and imports are equal everywhere. */
const LEAST_LINES = 8;
const LEAST_CHARS = 120;

/** Where a block stands in a document: indexes of its lines there, ends included. */
export interface BlockPlace {
  document: EvidenceDocument;
  first: number;
  last: number;
}

/** A line that says something, white space folded, and its index in the document. */
interface FoldedLine {
  id: number;
  chars: number;
  index: number;
}

interface Folded {
  document: EvidenceDocument;
  lines: readonly FoldedLine[];
  /** Lines that a block was found for. */
  covered: Uint8Array;
}

interface Start {
  folded: Folded;
  at: number;
}

/**
 * The blocks of {@link LEAST_LINES} lines or more, blank ones and white space aside, that are in several documents: each as
 * long as it is the same in all of them, each line of a document in one block at most.
 */
export async function equalBlocks(documents: readonly EvidenceDocument[], pace: Pace): Promise<BlockPlace[][]> {
  const ids = new Map<string, number>();
  const all = await pace.map(documents, (document) => foldedOf(document, ids));
  const windows = new Map<number, Start[]>();
  for (const folded of all) {
    for (let at = 0; at + LEAST_LINES <= folded.lines.length; at++) {
      const key = windowKey(folded.lines, at);
      if (key === null) continue;
      const starts = windows.get(key);
      if (starts === undefined) windows.set(key, [{ folded, at }]);
      else starts.push({ folded, at });
    }
    await pace.step();
  }
  const blocks: BlockPlace[][] = [];
  for (const folded of all) {
    for (let at = 0; at + LEAST_LINES <= folded.lines.length; at++) {
      const block = folded.covered[at] === 1 ? null : blockAt({ folded, at }, windows);
      if (block !== null) blocks.push(block);
    }
    await pace.step();
  }
  return blocks;
}

function foldedOf(document: EvidenceDocument, ids: Map<string, number>): Folded {
  const lines = document.lines.flatMap(({ text, mark }: EvidenceLine, index): FoldedLine[] => {
    const folded = text.replaceAll(/\s+/g, ' ').trim();
    if (mark === '-' || folded === '') return [];
    const id = ids.get(folded) ?? ids.size;
    ids.set(folded, id);
    return [{ id, chars: folded.length, index }];
  });
  return { document, lines, covered: new Uint8Array(lines.length) };
}

/** Two hashes in one number; null: the lines say too little. */
function windowKey(lines: readonly FoldedLine[], at: number): number | null {
  let [one, other, chars] = [7, 11, 0];
  for (let next = at; next < at + LEAST_LINES; next++) {
    const line = lines[next];
    if (line === undefined) return null;
    one = (Math.imul(one, 31) + line.id) | 0;
    other = (Math.imul(other, 1_000_003) ^ line.id) | 0;
    chars += line.chars;
  }
  return chars < LEAST_CHARS ? null : (one >>> 0) * 2 ** 21 + (other >>> 11);
}

/** The block that begins at a line, with the first place of it in each other document; null: it is in no other. */
function blockAt(start: Start, windows: ReadonlyMap<number, Start[]>): BlockPlace[] | null {
  const key = windowKey(start.folded.lines, start.at);
  const others = new Map<EvidenceDocument, Start>();
  for (const other of key === null ? [] : (windows.get(key) ?? [])) {
    const { document } = other.folded;
    if (document !== start.folded.document && !others.has(document) && lengthOf([start, other]) >= LEAST_LINES) {
      others.set(document, other);
    }
  }
  if (others.size === 0) return null;
  const places = [start, ...others.values()];
  const length = lengthOf(places);
  for (const { folded, at } of places) folded.covered.fill(1, at, at + length);
  return places.map(({ folded, at }) => ({
    document: folded.document,
    first: folded.lines[at]?.index ?? 0,
    last: folded.lines[at + length - 1]?.index ?? 0,
  }));
}

/** For how many lines all places are the same. */
function lengthOf(places: readonly Start[]): number {
  const idAt = ({ folded, at }: Start, offset: number) => folded.lines[at + offset]?.id;
  for (let length = 0; ; length++) {
    const [first, ...others] = places.map((place) => idAt(place, length));
    if (first === undefined || others.some((id) => id !== first)) return length;
  }
}
