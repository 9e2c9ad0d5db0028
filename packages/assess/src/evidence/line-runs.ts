/** Two versions of a text, line by line. */
export interface Versions {
  before: readonly string[];
  after: readonly string[];
}

/** Lines that stay: so many from these indexes on, in both versions. */
export interface Run {
  before: number;
  after: number;
  count: number;
}

/** Lines between the first change and the last, above which they are not looked at here. */
const MAX_PLAIN_LINES = 5000;

/**
 * The runs of versions whose common lines stand in one order, so that all of them stay; null: of several orders one has
 * to be chosen.
 */
export function plainRuns({ before, after }: Versions): Run[] | null {
  const head = commonHead(before, after);
  const tail = commonTail(before, after, head);
  const [old, now] = [before.length - tail, after.length - tail];
  const ends: Run = { before: old, after: now, count: tail };
  const runs: Run[] = [{ before: 0, after: 0, count: head }];
  if (old === head || now === head) return [...runs, ends];
  if (old + now - 2 * head > MAX_PLAIN_LINES) return null;
  const there = placesOf(before, head, old, new Set(after.slice(head, now)));
  const here = placesOf(after, head, now, new Set(before.slice(head, old)));
  if (there.length !== here.length) return null;
  for (const [index, place] of there.entries()) {
    const other = here[index] ?? 0;
    if (before[place] !== after[other]) return null;
    runs.push({ before: place, after: other, count: 1 });
  }
  return [...runs, ends];
}

/** The places of lines that the other version has, too. */
function placesOf(lines: readonly string[], from: number, to: number, others: ReadonlySet<string>): number[] {
  const places: number[] = [];
  for (let at = from; at < to; at++) if (others.has(lines[at] ?? '')) places.push(at);
  return places;
}

function commonHead(a: readonly string[], b: readonly string[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}

/** How many lines both end with, below the first `head`. */
function commonTail(a: readonly string[], b: readonly string[], head: number): number {
  const most = Math.min(a.length, b.length) - head;
  let length = 0;
  while (length < most && a[a.length - 1 - length] === b[b.length - 1 - length]) length++;
  return length;
}
