import { expect, test } from 'vitest';
import { notify, thrownText } from '../src/index.ts';
import { ODD_THROWS, thenable } from './odd-throws.ts';

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

const ways: [string, (odd: unknown) => unknown][] = [
  ['throws', (odd) => fail(odd)],
  ['rejects', (odd) => Promise.reject(odd)],
  ['rejects later', (odd) => new Promise((_, reject) => setImmediate(reject, odd))],
  ['is a thenable that throws', (odd) => thenable(() => fail(odd))],
  ['is a thenable that rejects', (odd) => thenable((_, reject) => reject(odd))],
];

function fail(odd: unknown): never {
  throw odd;
}

test.each(ways)('a callback that %s is told of once, whatever it throws', async (_, way) => {
  for (const [, odd] of ODD_THROWS) {
    const { promise, resolve } = Promise.withResolvers<string>();
    notify(() => way(odd()), resolve);
    expect(await promise).not.toBe('');
  }
});

test('a callback that returns a thenable that never settles is not waited for', () => {
  const never = thenable(() => {});
  expect(notify(() => never, expect.unreachable)).toBeUndefined();
});
