import type { Span } from './matches.ts';

/** Which parts of documents were read: stretches that do not touch, in order. */
export class ReadParts {
  readonly #parts = new Map<number, [start: number, end: number][]>();

  add({ document, start, end }: Span): void {
    const parts = this.#parts.get(document) ?? [];
    const first = firstFrom(parts, start);
    let last = first;
    let [from, to] = [start, end];
    for (let part = parts[last]; part !== undefined && part[0] <= end; part = parts[last]) {
      from = Math.min(from, part[0]);
      to = Math.max(to, part[1]);
      last += 1;
    }
    parts.splice(first, last - first, [from, to]);
    this.#parts.set(document, parts);
  }

  of(document: number): readonly (readonly [start: number, end: number])[] {
    return this.#parts.get(document) ?? [];
  }
}

/** The first part that ends at or after a place. */
function firstFrom(parts: readonly [number, number][], place: number): number {
  let [low, high] = [0, parts.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((parts[middle]?.[1] ?? 0) < place) low = middle + 1;
    else high = middle;
  }
  return low;
}
