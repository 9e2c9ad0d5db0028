import type { TextRef } from '../model/texts.ts';

/** Characters of the beginning that a list shows. */
const HEAD_CHARS = 160;

/** A text by its number. */
export function textRef(id: number, text: string): TextRef {
  return { id, chars: text.length, head: headOf(text) };
}

/** The beginning of a text on one line. */
export function headOf(text: string, chars = HEAD_CHARS): string {
  const line = text
    .slice(0, chars * 4)
    .replace(/\s+/g, ' ')
    .trimStart()
    .slice(0, chars)
    .trimEnd();
  // No surrogate pair is cut.
  return /[\ud800-\udbff]$/.test(line) && line.length < text.length ? line.slice(0, -1) : line;
}
