import { expect, test } from 'vitest';
import { formatDuration, formatFraction, formatShort, formatUsd } from '../../../src/page/words/numbers.ts';

test('a price that is not known is never 0, and a small one is not either', () => {
  expect([null, 0, 0.00001, 0.0123, 1.5, 123.456].map(formatUsd)).toEqual([
    'unknown',
    '$0',
    '<$0.0001',
    '$0.0123',
    '$1.500',
    '$123.46',
  ]);
});

test('what was nearly all read is not said to be all, and what was hardly read not to be nothing', () => {
  expect([null, 0, 0.0001, 0.412, 0.99999, 1].map(formatFraction)).toEqual([
    'unknown',
    '0 %',
    '<0.1 %',
    '41.2 %',
    '>99.9 %',
    '100 %',
  ]);
});

test('numbers and times are short', () => {
  expect([999, 9999, 12_345, 104_857_600].map(formatShort)).toEqual(['999', '9,999', '12.3k', '105M']);
  expect([null, 12, 4200, 59_940, 59_990, 200_000, 7_500_000].map(formatDuration)).toEqual([
    '–',
    '12 ms',
    '4.20 s',
    '59.9 s',
    '1 min 0 s',
    '3 min 20 s',
    '2 h 5 min',
  ]);
});
