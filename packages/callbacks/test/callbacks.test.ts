import { expect, test } from 'vitest';
import { ODD_THROWS, thenable } from '../../text/test/odd-throws.ts';
import { notify } from '../src/index.ts';

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
