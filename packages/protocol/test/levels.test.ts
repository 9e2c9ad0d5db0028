import { expect, test } from 'vitest';
import { isWithinLevels, MAX_LEVELS } from '../src/levels.ts';

/** A value within so many lists. */
function within(lists: number, value: unknown): unknown {
  return Array.from({ length: lists }).reduce((inner) => [inner], value);
}

test.each([
  ['a text', 'x', true],
  ['nothing', null, true],
  ['an empty list', [], true],
  ['a value at the last level', within(MAX_LEVELS, 1), true],
  ['an empty list at the last level', within(MAX_LEVELS, {}), true],
  ['a value below it', within(MAX_LEVELS + 1, 1), false],
  ['one beside many that are not', [...Array(100).fill({ a: 1 }), within(MAX_LEVELS, 1)], false],
  ['far below', within(100_000, 1), false],
])('levels are counted down to what is in the last list: %s', (_name, value, fits) => {
  expect(isWithinLevels(value)).toBe(fits);
});
