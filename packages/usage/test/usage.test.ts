import { expect, test } from 'vitest';
import { addUsd, NO_TOKENS, noFinishReasons, plusFinishReasons, plusTokens, toPicoUsd } from '../src/index.ts';

test('dollars are summed exactly, to the twelfth decimal', () => {
  expect(addUsd(0.1, 0.2)).toBe(0.3);
  expect(addUsd(100, 0.000000000001)).toBe(100.000000000001);
  expect(toPicoUsd(0.000001234567)).toBe(1_234_567n);
});

test('unknown plus anything is unknown', () => {
  expect([addUsd(null, 1), addUsd(1, null), addUsd(null, null)]).toEqual([null, null, null]);
});

test.each([
  ['tokens', plusTokens, NO_TOKENS],
  ['finish reasons', plusFinishReasons, noFinishReasons()],
])('each counter of %s is added to its like', (_, plus, none) => {
  const names = Object.keys(none);
  const first = Object.fromEntries(names.map((name, at) => [name, at + 1]));
  const sum = Reflect.apply(plus, undefined, [first, { ...first, [names[0] ?? '']: 100 }]);
  expect(sum).toEqual(Object.fromEntries(names.map((name, at) => [name, at === 0 ? 101 : 2 * at + 2])));
});
