import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import type { EvidenceDocument } from '../evidence/document.ts';

/** Least and most of a group in characters, but for a document that is longer by itself: so much is one prompt under `auto`. */
const LEAST_CHARS = 24_000;
const MOST_CHARS = 48_000;
/** Sizes are counted in steps, so that a small edit moves no border. */
const STEP_CHARS = 4_000;
/** How much sooner a group ends with a folder than within one. */
const SOONER = 4;

/**
 * Documents in groups that are read together, by folder. Where a group ends is told by names and rough sizes alone: an edit
 * of one document changes its own group, and a new one seldom more than its neighbors.
 */
export function groupsOf(
  documents: readonly EvidenceDocument[],
  charsOf: (document: EvidenceDocument) => number,
): EvidenceDocument[][] {
  const sorted = documents.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const sizes = sorted.map((document) => Math.ceil(charsOf(document) / STEP_CHARS) * STEP_CHARS);
  const groups: EvidenceDocument[][] = [];
  for (let from = 0; from < sorted.length; ) {
    const to = endOf(sorted, sizes, from);
    groups.push(sorted.slice(from, to));
    from = to;
  }
  return groups;
}

/**
 * Where the group ends that begins at `from`: of all places that leave it neither too short nor too long, the one of the least
 * rank. Groups that begin at different documents soon end at the same one, as it is the least for both.
 */
function endOf(sorted: readonly EvidenceDocument[], sizes: readonly number[], from: number): number {
  let end: number | null = null;
  let least = Number.POSITIVE_INFINITY;
  let chars = 0;
  let at = from;
  for (; at < sorted.length && (at === from || chars + (sizes[at] ?? 0) <= MOST_CHARS); at++) {
    chars += sizes[at] ?? 0;
    const rank = rankAfter(sorted, at);
    if (chars < LEAST_CHARS || rank >= least) continue;
    [end, least] = [at + 1, rank];
  }
  return end ?? at;
}

/** Of the place after a document, by its name; 0 after the last. */
function rankAfter(sorted: readonly EvidenceDocument[], at: number): number {
  const [name, next] = [sorted[at]?.name ?? '', sorted[at + 1]?.name];
  if (next === undefined) return 0;
  const rank = createHash('sha256').update(name).digest().readUInt32BE(0);
  return posix.dirname(name) === posix.dirname(next) ? rank : rank / SOONER;
}
