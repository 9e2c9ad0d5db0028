import type { TextRef } from '../../model/texts.ts';
import type { TextReader } from './text-reader.ts';

/** Characters of a block, about: one ends where a line does, or in the middle of a line that is longer than a block. */
export const BLOCK_CHARS = 4096;

/** Of a part, which is as much as a page can scroll: of lines of two characters too. */
export const PART_CHARS = 1024 * BLOCK_CHARS;

/** A block of a long text. */
export interface TextBlock {
  start: number;
  text: string;
}

/** The block of a number, whole: found from the text around its two ends alone, so that no other one need be read. */
export async function readBlock(reader: TextReader, text: TextRef, number: number): Promise<TextBlock> {
  const [start, end] = await Promise.all([beginOf(reader, text, number), beginOf(reader, text, number + 1)]);
  return { start, text: await reader.read(text, start, end) };
}

/** Where a block begins: behind the first end of a line, else where it would by its number, but never within a character. */
async function beginOf(reader: TextReader, text: TextRef, number: number): Promise<number> {
  const at = number * BLOCK_CHARS;
  if (at === 0 || at >= text.chars) return Math.min(at, text.chars);
  const around = await reader.read(text, at - 1, at + BLOCK_CHARS - 1);
  const lineEnd = around.indexOf('\n');
  if (lineEnd >= 0) return at + lineEnd;
  const isWithin = /[\ud800-\udbff]/.test(around[0] ?? '') && /[\udc00-\udfff]/.test(around[1] ?? '');
  return isWithin ? at + 1 : at;
}

/** The number of the block that a character is in, or of the one before. */
export function blockAt(offset: number): number {
  return Math.floor(offset / BLOCK_CHARS);
}
