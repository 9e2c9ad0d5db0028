import type { TextRef } from '../../model/texts.ts';
import type { TextReader } from './text-reader.ts';

const STEP = 1_048_576;

/**
 * Where a text has another one, capitals or not: the first place at or after `from`, else the first of all; null: nowhere. What is
 * far away is read in steps.
 */
export async function findInText(
  reader: TextReader,
  text: TextRef,
  wanted: string,
  from: number,
  signal: AbortSignal,
): Promise<number | null> {
  if (wanted === '') return null;
  const low = wanted.toLowerCase();
  const found = await findBetween(from, text.chars);
  return found ?? (await findBetween(0, Math.min(text.chars, from + wanted.length - 1)));

  async function findBetween(start: number, end: number): Promise<number | null> {
    for (let at = start; at < end; at += STEP) {
      const part = await reader.read(text, at, Math.min(end, at + STEP + wanted.length - 1));
      signal.throwIfAborted();
      const place = lowerCase(part).indexOf(low);
      if (place >= 0) return at + place;
    }
    return null;
  }
}

/** In small letters, each as long as it was, so that places stay what they are. */
export function lowerCase(text: string): string {
  const low = text.toLowerCase();
  return low.length === text.length
    ? low
    : text.replace(/\p{Lu}/gu, (letter) => sameLength(letter.toLowerCase(), letter));
}

function sameLength(low: string, letter: string): string {
  return low.length === letter.length ? low : letter;
}
