import { diffArrays } from 'diff';
import type { EvidenceLine } from './document.ts';

/** Moved lines above which two texts count as having nothing in common; bounds time and memory. */
const MAX_EDIT_LENGTH = 2000;

/** The new text with the old one's removed lines in place: without the `-` lines it is `after`, without the `+` lines `before`. */
export function diffLines(before: readonly string[], after: readonly string[]): EvidenceLine[] {
  const head = commonHead(before, after);
  const tail = commonTail(before.slice(head), after.slice(head));
  const changed = diffMiddle(before.slice(head, before.length - tail), after.slice(head, after.length - tail));
  const kept = (lines: readonly string[]) => lines.map((text) => ({ mark: ' ' as const, text }));
  return numbered([...kept(after.slice(0, head)), ...changed, ...kept(after.slice(after.length - tail))]);
}

type Unnumbered = Omit<EvidenceLine, 'number'>;

function diffMiddle(before: readonly string[], after: readonly string[]): Unnumbered[] {
  const marked = (mark: Unnumbered['mark'], lines: readonly string[]) => lines.map((text) => ({ mark, text }));
  let [old, now] = [0, 0];
  return [...keptLines(before, after), [before.length, after.length] as const].flatMap(([there, here]) => {
    const changed = [...marked('-', before.slice(old, there)), ...marked('+', after.slice(now, here))];
    [old, now] = [there + 1, here + 1];
    return [...changed, ...marked(' ', after.slice(here, now))];
  });
}

/** The places of lines that stay, in both texts. Lines that one of them has alone are set aside: they can only be changes. */
function* keptLines(before: readonly string[], after: readonly string[]): Generator<readonly [number, number]> {
  const sets = [new Set(before), new Set(after)];
  const sharedOf = (lines: readonly string[]) =>
    [...lines.entries()].filter(([, line]) => sets.every((set) => set.has(line)));
  const [old, now] = [sharedOf(before), sharedOf(after)];
  const options = { maxEditLength: MAX_EDIT_LENGTH, comparator: sameLine };
  let [there, here] = [0, 0];
  for (const { added, removed, count } of diffArrays(old, now, options) ?? []) {
    const isKept = !added && !removed;
    if (isKept) yield* old.slice(there, there + count).map(([place], at) => [place, now[here + at]?.[0] ?? 0] as const);
    if (!added) there += count;
    if (!removed) here += count;
  }
}

type Placed = [place: number, line: string];
const sameLine = ([, one]: Placed, [, other]: Placed) => one === other;

function numbered(lines: readonly Unnumbered[]): EvidenceLine[] {
  let number = 0;
  return lines.map((line) => ({ ...line, number: line.mark === '-' ? null : ++number }));
}

function commonHead(a: readonly string[], b: readonly string[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}

function commonTail(a: readonly string[], b: readonly string[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[a.length - 1 - length] === b[b.length - 1 - length]) length++;
  return length;
}

/** Changed lines with `context` lines around them; what lies between is left out, and its place marked by the numbers. */
export function changesOnly(lines: readonly EvidenceLine[], context = 10): EvidenceLine[] {
  const near = new Set<number>();
  for (const [index, { mark }] of lines.entries()) {
    if (mark === ' ') continue;
    for (let at = index - context; at <= index + context; at++) near.add(at);
  }
  return lines.filter((_, index) => near.has(index));
}
