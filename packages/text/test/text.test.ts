import { expect, test } from 'vitest';
import { cut, show, thrownText } from '../src/index.ts';
import { ODD_THROWS } from './odd-throws.ts';

test.each([
  ['short', 5, 'short'],
  ['longer', 5, 'long…'],
  ['half \ud800', 9, 'half \ufffd'],
  ['cut in \u{1f600}!', 9, 'cut in \ufffd…'],
])('a text is as it was, or cut to end with an ellipsis, and always well-formed: %j', (text, maxChars, expected) => {
  expect(cut(text, maxChars)).toBe(expected);
});

test('a look at a value is one line, and runs nothing of the value', () => {
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`name${at}`, { within: at }]));
  expect(show(many)).toMatch(/^\{ name0: \[Object\], .* \}$/);
  const own = {
    [Symbol.for('nodejs.util.inspect.custom')]: expect.unreachable,
    get text() {
      return expect.unreachable();
    },
  };
  expect(show(own)).toContain('text: [Getter]');
});

test.each(ODD_THROWS)('%s has a text: short, well-formed, not empty', (_, odd) => {
  const text = thrownText(odd());
  expect(text.length).toBeGreaterThan(0);
  expect(text.length).toBeLessThanOrEqual(2_000);
  expect(text.isWellFormed()).toBe(true);
});

test.each<[unknown, string]>([
  [new Error('what happened'), 'what happened'],
  [new TypeError(''), 'TypeError'],
  ['a text', 'a text'],
  [null, 'null'],
  [{ code: 7 }, '{ code: 7 }'],
])('%o is told as %s', (thrown, text) => {
  expect(thrownText(thrown)).toBe(text);
});
