import { expect, test } from 'vitest';
import { isPlain, piecesOf } from '../../../src/page/texts/visible-text.ts';

const marks = (text: string) => piecesOf(text).flatMap((piece) => ('mark' in piece ? [piece.name] : []));

test.each([
  ['an escape of a terminal', '\u001b[31mred', ['U+001B']],
  ['a bidi override', 'a\u202eb\u202cc', ['U+202E', 'U+202C']],
  ['a lone high surrogate', 'a\ud83d', ['U+D83D']],
  ['a lone low surrogate', '\udc00a', ['U+DC00']],
  ['a zero-width space', 'a\u200bb', ['U+200B']],
  ['a NUL', 'a\0b', ['U+0000']],
  ['a return that ends no line', 'a\rb', ['U+000D']],
  ['a separator of lines', 'a\u2028b', ['U+2028']],
  ['a tag', 'a\u{e0041}', ['U+E0041']],
])('%s is shown as a mark with its name', (_, text, names) => {
  expect(isPlain(text)).toBe(false);
  expect(marks(text)).toEqual(names);
});

test.each([
  'plain',
  'tab\tand\nlines\r\n',
  'ümläut 漢字 עברית',
  '\u{1f600}',
  '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}',
])('what is to be seen is shown as it is: %j', (text) => {
  expect(isPlain(text)).toBe(true);
  expect(piecesOf(text)).toEqual([{ text }]);
});
