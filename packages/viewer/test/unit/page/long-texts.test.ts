import { expect, test } from 'vitest';
import type { TextRef } from '../../../src/model/texts.ts';
import { findInText } from '../../../src/page/texts/find-in-text.ts';
import { BLOCK_CHARS, readBlock } from '../../../src/page/texts/text-blocks.ts';
import { TextReader } from '../../../src/page/texts/text-reader.ts';

/** A reader of one text, and how many characters it was asked for. */
function readerOf(text: string) {
  const asked = { chars: 0, times: 0 };
  const reader = new TextReader(async (_, start, end) => {
    asked.chars += end - start;
    asked.times += 1;
    return text.slice(start, end);
  });
  const ref: TextRef = { id: 0, chars: text.length, head: '' };
  return { reader, ref, asked };
}

const never = new AbortController().signal;

test.each([
  ['short lines', 'a line of text\n'.repeat(3000)],
  ['one line of a megabyte', 'x'.repeat(1_000_000)],
  ['characters of two units', '\u{1f600}'.repeat(30_000)],
  ['no text', ''],
  ['lines that are longer than a block', `${'y'.repeat(10_000)}\n`.repeat(9)],
  ['a line that ends where a block does', `${'z'.repeat(BLOCK_CHARS - 1)}\n`.repeat(5)],
])('the blocks of %s are the text, and no character is in two of them', async (_, text) => {
  const { reader, ref } = readerOf(text);
  const blocks = await Promise.all(
    Array.from({ length: Math.ceil(text.length / BLOCK_CHARS) }, (_, number) => readBlock(reader, ref, number)),
  );
  expect(blocks.map((block) => block.text).join('') === text).toBe(true);
  expect(blocks.every(({ text }) => text.isWellFormed())).toBe(true);
});

test('a block far into a long text is shown without what stands before it', async () => {
  const { reader, ref, asked } = readerOf('a line of text\n'.repeat(1_000_000));
  const block = await readBlock(reader, ref, 2000);
  expect(block.text).toContain('a line of text\n');
  expect(asked.chars).toBeLessThan(600_000);
});

test('what was read is not asked for again', async () => {
  const { reader, ref, asked } = readerOf('a line of text\n'.repeat(1000));
  await reader.read(ref, 0, 100);
  await reader.read(ref, 50, 5000);
  expect(asked.times).toBe(1);
});

test('a failure to read is not kept', async () => {
  let fails = true;
  const reader = new TextReader(async () => {
    if (fails) throw new Error('gone');
    return 'text';
  });
  const ref: TextRef = { id: 0, chars: 4, head: '' };
  await expect(reader.read(ref)).rejects.toThrow('gone');
  fails = false;
  expect(await reader.read(ref)).toBe('text');
});

test('a word is found in a long text, capitals or not, wherever it stands, and from the start again after the last', async () => {
  const text = `${'no luck here. '.repeat(200_000)}The NEEDLE\n${'nor here '.repeat(200_000)}`;
  const { reader, ref } = readerOf(text);
  const at = text.indexOf('NEEDLE');
  expect(await findInText(reader, ref, 'needle', 0, never)).toBe(at);
  expect(await findInText(reader, ref, 'needle', at + 1, never)).toBe(at);
  expect(await findInText(reader, ref, 'haystack', 0, never)).toBeNull();
});

test('letters that are longer in small do not move what is found', async () => {
  const text = `${'\u0130'.repeat(50)}needle`;
  const { reader, ref } = readerOf(text);
  expect(await findInText(reader, ref, 'Needle', 0, never)).toBe(50);
});
