import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import type { EvidenceDocument } from '../evidence/document.ts';

/** Least and most of a group in characters, but for a document that is longer by itself: so much is one prompt under `auto`. */
const LEAST_CHARS = 24_000;
const MOST_CHARS = 48_000;
/** Sizes are counted in steps, so that a small edit moves no border. */
const STEP_CHARS = 4_000;
/** Within a folder one name in so many may end a group. */
const ONE_IN = 4;

/**
 * Documents in groups that are read together, by folder. Where a group ends is told by names and rough sizes alone: an edit
 * of one document changes its own group, and a new one at most its neighbors.
 */
export function groupsOf(
  documents: readonly EvidenceDocument[],
  charsOf: (document: EvidenceDocument) => number,
): EvidenceDocument[][] {
  const sorted = documents.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const groups: EvidenceDocument[][] = [];
  let group: EvidenceDocument[] = [];
  let chars = 0;
  const end = () => {
    if (group.length > 0) groups.push(group);
    group = [];
    chars = 0;
  };
  for (const [at, document] of sorted.entries()) {
    const size = Math.ceil(charsOf(document) / STEP_CHARS) * STEP_CHARS;
    if (chars + size > MOST_CHARS) end();
    group.push(document);
    chars += size;
    if (chars >= LEAST_CHARS && mayEnd(document, sorted[at + 1])) end();
  }
  end();
  return groups;
}

/** Between folders, and after some names. */
function mayEnd({ name }: EvidenceDocument, next: EvidenceDocument | undefined): boolean {
  if (next === undefined || posix.dirname(name) !== posix.dirname(next.name)) return true;
  return (createHash('sha256').update(name).digest()[0] ?? 0) % ONE_IN === 0;
}
