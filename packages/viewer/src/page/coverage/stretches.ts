import type { CallView } from '../../model/call-view.ts';
import type { CoverageView, ReadView } from '../../model/coverage-view.ts';
import { isOfRoot } from '../calls/call-state.ts';

/** Who read characters: the root, sub-calls (or children), both, or nobody. */
export type Reader = 'root' | 'sub' | 'both' | 'unread';

/** Characters of a document that the same ones read. */
export interface ReadStretch {
  start: number;
  end: number;
  by: Reader;
  /** How many calls had them in their prompts. */
  calls: number;
}

/** Reads of each document, by its place. */
export function readsByDocument({ reads }: CoverageView): Map<number, ReadView[]> {
  return Map.groupBy(reads, ([document]) => document);
}

/** A document from its first to its last character, as stretches of those who read them. */
export function stretchesOf(chars: number, reads: readonly ReadView[], calls: readonly CallView[]): ReadStretch[] {
  const edges = new Map<number, { root: number; sub: number }>();
  const edgeAt = (offset: number) => {
    const edge = edges.get(offset) ?? { root: 0, sub: 0 };
    edges.set(offset, edge);
    return edge;
  };
  for (const [, start, end, call] of reads) {
    const asked = calls[call];
    const who = asked && isOfRoot(asked) ? 'root' : 'sub';
    edgeAt(start)[who]++;
    edgeAt(Math.min(end, chars))[who]--;
  }
  const stretches: ReadStretch[] = [];
  let root = 0;
  let sub = 0;
  let start = 0;
  const close = (end: number) => {
    if (end > start) stretches.push({ start, end, by: readerOf(root, sub), calls: root + sub });
    start = end;
  };
  for (const [offset, edge] of [...edges].toSorted(([a], [b]) => a - b)) {
    close(offset);
    root += edge.root;
    sub += edge.sub;
  }
  close(chars);
  return stretches;
}

function readerOf(root: number, sub: number): Reader {
  if (root > 0) return sub > 0 ? 'both' : 'root';
  return sub > 0 ? 'sub' : 'unread';
}

/** Calls that had some of these characters in their prompts, in order, each once. */
export function callsThatRead(reads: readonly ReadView[], start: number, end: number): number[] {
  const calls = reads.filter(([, from, to]) => from < end && to > start).map(([, , , call]) => call);
  return [...new Set(calls)];
}

/** Shares of the parts of a document that each have the same width in a picture of it: from 0 to 1, of root and of sub-calls. */
export interface Column {
  root: number;
  sub: number;
}

/** A stretch of a document cut into columns of the same number of characters. */
export function columnsOf(stretches: readonly ReadStretch[], start: number, end: number, count: number): Column[] {
  const columns = Array.from({ length: count }, () => ({ root: 0, sub: 0 }));
  const width = (end - start) / count;
  if (width <= 0) return columns;
  for (const stretch of stretches) {
    if (stretch.by === 'unread' || stretch.end <= start || stretch.start >= end) continue;
    const from = Math.max(stretch.start, start) - start;
    const to = Math.min(stretch.end, end) - start;
    for (let place = Math.floor(from / width); place < count && place * width < to; place++) {
      const column = columns[place];
      if (!column) break;
      const share = (Math.min(to, (place + 1) * width) - Math.max(from, place * width)) / width;
      if (stretch.by !== 'sub') column.root += share;
      if (stretch.by !== 'root') column.sub += share;
    }
  }
  return columns;
}
