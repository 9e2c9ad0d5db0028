/** A stretch of a document, in UTF-16 units. */
export interface Span {
  document: number;
  start: number;
  end: number;
}

/** What counts as read at the least, in bytes of UTF-8: anywhere, and at the end of a document. */
export const LEAST_BYTES = 128;
export const LEAST_END_BYTES = 16;

/** Units of text that are compared for one message: beyond, a text that repeats itself again and again has read less. */
export const MOST_UNITS = 100_000_000;

/** Units that are compared as one: the comparison of slices is the engine's, and much quicker than one by one. */
const AT_ONCE = 128;

/** Bytes of a part of a text as UTF-8. */
export function utf8Bytes(text: string, start = 0, end = text.length): number {
  let bytes = 0;
  for (let at = start; at < end; at += 1) {
    const unit = text.charCodeAt(at);
    // Each half of a surrogate pair is two of its four bytes.
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 2 : 3;
  }
  return bytes;
}

/** The widest span around a place of a document that stands in a message around a place of it; no pair is cut. */
export function widest(document: string, at: number, message: string, place: number): { start: number; end: number } {
  const shift = place - at;
  let [start, end] = [at, at];
  const isSame = (from: number, to: number) => document.slice(from, to) === message.slice(from + shift, to + shift);
  while (Math.min(start, start + shift) >= AT_ONCE && isSame(start - AT_ONCE, start)) start -= AT_ONCE;
  while (start > 0 && start + shift > 0 && same(document, start - 1, message, start - 1 + shift)) start -= 1;
  const last = Math.min(document.length, message.length - shift);
  while (last - end >= AT_ONCE && isSame(end, end + AT_ONCE)) end += AT_ONCE;
  while (end < last && same(document, end, message, end + shift)) end += 1;
  if (cutsPair(document, start)) start += 1;
  if (cutsPair(document, end)) end -= 1;
  return { start, end };
}

export function same(one: string, i: number, other: string, j: number): boolean {
  return one.charCodeAt(i) === other.charCodeAt(j);
}

/** Whether a place is within a surrogate pair. */
export function cutsPair(text: string, place: number): boolean {
  const [before, after] = [text.charCodeAt(place - 1), text.charCodeAt(place)];
  return before >= 0xd800 && before < 0xdc00 && after >= 0xdc00 && after < 0xe000;
}
