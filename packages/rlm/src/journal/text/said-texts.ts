import type { TextSlice } from '@rlm-bridge/protocol';
import type { Pointer } from './texts.ts';

/** From this length on, in characters, a text is worth a slice where it comes again; shorter ones stand in clear. */
export const MIN_CHARS = 72;

/** How far back a slice reaches, in characters said: what was said before that is said again. */
export const REACH_CHARS = 8_000_000;

/** A text that is said in a record: all of what stands at a place, or a piece of it. */
export interface Said {
  record: number;
  at: Pointer;
  /** Where in the text at its place it begins. */
  from: number;
  text: string;
}

/** Where it stands among all that was said. */
export interface Kept extends Said {
  position: number;
}

/** What one journal said last, as far back as slices reach: as much to who writes it as to who reads it. */
export class SaidTexts {
  readonly #reach: number;
  #kept: Kept[] = [];
  /** What stands before it in `#kept` is forgotten. */
  #first = 0;
  #position = 0;
  readonly #byPlace = new Map<string, Kept[]>();

  constructor(reach = REACH_CHARS) {
    this.#reach = reach;
  }

  /** How many characters were said. */
  get position(): number {
    return this.#position;
  }

  add(said: Said): Kept | undefined {
    if (said.text.length < MIN_CHARS) return undefined;
    const kept = { ...said, position: this.#position };
    this.#position += said.text.length;
    this.#kept.push(kept);
    const place = placeOf(said.record, said.at);
    const there = this.#byPlace.get(place);
    if (there === undefined) this.#byPlace.set(place, [kept]);
    else there.push(kept);
    this.#forget();
    return kept;
  }

  /** What is still kept, in order. */
  *[Symbol.iterator](): Generator<Kept, void, void> {
    for (let i = this.#first; i < this.#kept.length; i += 1) yield this.#kept[i] as Kept;
  }

  /** What was said at a position before the last; undefined where it is forgotten. */
  at(position: number): Kept | undefined {
    return lastThat(this.#kept, (kept) => kept.position <= position, this.#first);
  }

  /** The text of a slice; undefined where none is said. */
  textOf([record, at, from, to]: TextSlice): string | undefined {
    const there = this.#byPlace.get(placeOf(record, at)) ?? [];
    const kept = lastThat(there, (said) => said.from <= from);
    if (kept === undefined || from >= to || to > kept.from + kept.text.length) return undefined;
    return kept.text.slice(from - kept.from, to - kept.from);
  }

  #forget(): void {
    const end = ({ position, text }: Kept) => position + text.length;
    for (let oldest = this.#kept[this.#first]; oldest !== undefined; oldest = this.#kept[this.#first]) {
      if (this.#position - end(oldest) < this.#reach) break;
      this.#first += 1;
      const place = placeOf(oldest.record, oldest.at);
      const there = this.#byPlace.get(place);
      there?.shift();
      if (there?.length === 0) this.#byPlace.delete(place);
    }
    if (this.#first * 2 < this.#kept.length) return;
    this.#kept = this.#kept.slice(this.#first);
    this.#first = 0;
  }
}

function placeOf(record: number, at: Pointer): string {
  return `${record}#${at}`;
}

/** The last of a sorted list for which something holds, as it does for all before it. */
function lastThat<T>(list: readonly T[], holds: (item: T) => boolean, first = 0): T | undefined {
  let [low, high] = [first, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(list[middle] as T)) low = middle + 1;
    else high = middle;
  }
  return low === first ? undefined : list[low - 1];
}
