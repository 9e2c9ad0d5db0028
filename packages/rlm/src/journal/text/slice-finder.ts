import type { TextSlice } from '@rlm-bridge/protocol';
import { type Kept, MIN_CHARS, type SaidTexts } from './said-texts.ts';

/** Every so many characters of what was said are known by their hash, so that a common part of twice as many is found. */
const BLOCK = MIN_CHARS / 2;

const BASE = 0x01000193;
/** What the first character of a block is in its hash. */
const FIRST = Array.from({ length: BLOCK - 1 }).reduce<number>((power) => Math.imul(power, BASE), 1);

/** Slots that are tried for one hash, and how full they may be together. */
const TRIES = 4;
const MOST_FULL = 0.7;

/** Bits for each slot, so that few of a new text's hashes meet one that is set; with more of them the processor waits longer. */
const MARKS = 8;

interface Match {
  from: number;
  to: number;
  slice: TextSlice;
}

/** Finds what of a text was said before, in time that grows with its length alone. */
export class SliceFinder {
  readonly #said: SaidTexts;
  /** Of each block that is known, in the slot that its hash gives or one after it. */
  #hashes = new Int32Array(0);
  /** One more than where it begins; 0: the slot is free. */
  #positions = new Uint32Array(0);
  /** A bit that each hash of a slot has set: where it is not, no slot is looked at. */
  #marks = new Int32Array(0);
  #count = 0;

  constructor(said: SaidTexts) {
    this.#said = said;
    this.#rebuild();
  }

  /** Takes note of what is said now. */
  add(kept: Kept): void {
    if (this.#count + kept.text.length / BLOCK > this.#hashes.length * MOST_FULL) this.#rebuild();
    else this.#note(kept);
  }

  /** The parts of a text that were said before, in order, as long as they can be. */
  find(text: string): Match[] {
    const matches: Match[] = [];
    const last = text.length - BLOCK;
    let done = 0;
    for (let i = 0; i <= last; ) {
      const found = this.#firstKnown(text, i, last);
      if (found === undefined) break;
      const match = this.#matchAt(text, found.at, found.position, done);
      if (match !== undefined) matches.push(match);
      done = match?.to ?? done;
      i = match?.to ?? found.at + 1;
    }
    return matches;
  }

  /** The first block from a place on whose hash is known: for most texts there is none, so every character counts. */
  #firstKnown(text: string, from: number, last: number): { at: number; position: number } | undefined {
    const [marks, mask] = [this.#marks, this.#marks.length - 1];
    let hash = hashOf(text, from);
    for (let i = from; ; i += 1) {
      const mixed = mix(hash);
      if (((marks[(mixed >>> 5) & mask] as number) & (1 << mixed)) !== 0) {
        const slot = this.#knownSlot(hash);
        if (slot !== undefined) return { at: i, position: this.#positionIn(slot) };
      }
      if (i >= last) return undefined;
      hash = rolled(hash, text, i + 1);
    }
  }

  #knownSlot(hash: number): number | undefined {
    const mask = this.#hashes.length - 1;
    let slot = mix(hash) & mask;
    for (let tries = 0; tries < TRIES && this.#positions[slot] !== 0; tries += 1) {
      if (this.#hashes[slot] === hash) return slot;
      slot = (slot + 1) & mask;
    }
    return undefined;
  }

  #matchAt(text: string, i: number, position: number, least: number): Match | undefined {
    const kept = this.#said.at(position);
    if (kept === undefined) return undefined;
    const match = widest(text, i, kept, position - kept.position, least);
    return match.to - match.from < MIN_CHARS ? undefined : match;
  }

  /** Positions are kept by their last 32 bits: what was said before that is long forgotten. */
  #positionIn(slot: number): number {
    const back = (this.#said.position - (this.#positions[slot] as number)) >>> 0;
    return this.#said.position - back - 1;
  }

  #note({ text, position }: Kept): void {
    for (let i = 0; i + BLOCK <= text.length; i += BLOCK) this.#put(hashOf(text, i), position + i);
  }

  /** The first one said stands for all that are the same, as long as it is kept. */
  #put(hash: number, position: number): void {
    const slot = this.#slotOf(hash);
    const isFree = this.#positions[slot] === 0;
    if (!isFree && this.#hashes[slot] === hash && this.#said.at(this.#positionIn(slot)) !== undefined) return;
    if (isFree) this.#count += 1;
    this.#hashes[slot] = hash;
    this.#positions[slot] = position + 1;
    const mixed = mix(hash);
    const word = (mixed >>> 5) & (this.#marks.length - 1);
    this.#marks[word] = (this.#marks[word] as number) | (1 << mixed);
  }

  /** The slot of a hash: its own, a free one, or where another gives way. */
  #slotOf(hash: number): number {
    const mask = this.#hashes.length - 1;
    let slot = mix(hash) & mask;
    for (let tries = 1; tries < TRIES; tries += 1) {
      if (this.#positions[slot] === 0 || this.#hashes[slot] === hash) return slot;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #rebuild(): void {
    let chars = 0;
    for (const { text } of this.#said) chars += text.length;
    const slots = 2 ** Math.ceil(Math.log2(Math.max(1024, (chars / BLOCK) * 2.5)));
    this.#hashes = new Int32Array(slots);
    this.#positions = new Uint32Array(slots);
    this.#marks = new Int32Array((slots * MARKS) / 32);
    this.#count = 0;
    for (const kept of this.#said) this.#note(kept);
  }
}

/** The high bits of a hash are the better ones. */
function mix(hash: number): number {
  return hash ^ (hash >>> 15);
}

function hashOf(text: string, from: number): number {
  let hash = 0;
  for (let i = from; i < from + BLOCK; i += 1) hash = (Math.imul(hash, BASE) + text.charCodeAt(i)) | 0;
  return hash;
}

/** The hash of the block that begins at `from`, of that of the one before. */
function rolled(hash: number, text: string, from: number): number {
  const rest = hash - Math.imul(text.charCodeAt(from - 1), FIRST);
  return (Math.imul(rest, BASE) + text.charCodeAt(from + BLOCK - 1)) | 0;
}

/** As far as two texts are the same, around a place of each. */
function widest(text: string, i: number, { record, at, from, text: said }: Kept, place: number, least: number): Match {
  let [begin, end] = [i, i];
  const shift = place - i;
  while (end < text.length && end + shift < said.length && same(text, end, said, end + shift)) end += 1;
  while (begin > least && begin + shift > 0 && same(text, begin - 1, said, begin - 1 + shift)) begin -= 1;
  if (isLow(text, begin)) begin += 1;
  if (isLow(text, end)) end -= 1;
  return { from: begin, to: end, slice: [record, at, from + begin + shift, from + end + shift] };
}

function same(one: string, i: number, other: string, j: number): boolean {
  return one.charCodeAt(i) === other.charCodeAt(j);
}

/** Whether a surrogate pair would be cut before a place. */
function isLow(text: string, place: number): boolean {
  const [before, after] = [text.charCodeAt(place - 1), text.charCodeAt(place)];
  return before >= 0xd800 && before < 0xdc00 && after >= 0xdc00 && after < 0xe000;
}
