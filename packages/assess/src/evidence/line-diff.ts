import { diffArrays } from 'diff';
import type { EvidenceLine } from './document.ts';

/** Inserted and removed lines above which two texts count as having nothing in common; bounds time and memory. */
const MAX_EDIT_LENGTH = 4000;

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
  const parts = diffArrays([...before], [...after], { maxEditLength: MAX_EDIT_LENGTH });
  if (parts === undefined) {
    return [
      ...before.map((text) => ({ mark: '-' as const, text })),
      ...after.map((text) => ({ mark: '+' as const, text })),
    ];
  }
  return parts.flatMap(({ added, removed, value }) => {
    const mark = added ? '+' : removed ? '-' : ' ';
    return value.map((text): Unnumbered => ({ mark, text }));
  });
}

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
