import fc from 'fast-check';
import { expect, test } from 'vitest';
import { areaUnderCurve, fewestToShow, fleissKappa, proportion } from '../../src/calibration/statistics.ts';

// Against values that others have published or that follow by hand.

test.each([
  // Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17 (1998), table I, method 3.
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])("Wilson's interval of %i in %i", (hits, of, low, high) => {
  const found = proportion(hits, of);
  expect([found.value, found.low?.toFixed(4), found.high?.toFixed(4)]).toEqual([
    hits / of,
    low.toFixed(4),
    high.toFixed(4),
  ]);
});

test('an interval holds its share, is that of the failures turned round, and there is none of nothing', () => {
  expect(proportion(0, 0)).toEqual({ hits: 0, of: 0, value: null, low: null, high: null });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), fc.double({ min: 0, max: 1, noNaN: true }), (of, share) => {
      const hits = Math.round(of * share);
      const { value, low, high } = proportion(hits, of);
      const turned = proportion(of - hits, of);
      expect(low).toBeLessThanOrEqual(value ?? -1);
      expect(high).toBeGreaterThanOrEqual(value ?? 2);
      expect(low).toBeCloseTo(1 - (turned.high ?? 0), 12);
    }),
  );
});

test('16 right of 16 show 80 %, and 15 do not', () => {
  expect(fewestToShow(0.8)).toBe(16);
  expect([proportion(16, 16).low ?? 0, proportion(15, 15).low ?? 0].map((low) => low >= 0.8)).toEqual([true, false]);
});

test("Fleiss' kappa of the example that is worked out in many places: 14 raters, 10 subjects, 5 categories", () => {
  const ratings = [
    [0, 0, 0, 0, 14],
    [0, 2, 6, 4, 2],
    [0, 0, 3, 5, 6],
    [0, 3, 9, 2, 0],
    [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0],
    [3, 2, 6, 3, 0],
    [2, 5, 3, 2, 2],
    [6, 5, 2, 1, 0],
    [0, 2, 2, 3, 7],
  ];
  expect(fleissKappa(ratings)?.toFixed(3)).toBe('0.210');
});

test.each([
  [
    'full agreement',
    [
      [2, 0],
      [0, 2],
    ],
    1,
  ],
  [
    'agreement that is as good as chance',
    [
      [2, 0],
      [2, 0],
      [1, 1],
      [1, 1],
      [1, 1],
      [1, 1],
      [0, 2],
      [0, 2],
    ],
    0,
  ],
  [
    'one category for everything',
    [
      [3, 0],
      [3, 0],
    ],
    null,
  ],
  ['one rater', [[1, 0]], null],
  ['nothing', [], null],
])("Fleiss' kappa of %s", (_, ratings, kappa) => {
  expect(fleissKappa(ratings)).toEqual(kappa);
});

test.each([
  ['all higher', [3, 4], [1, 2], 1],
  ['all lower', [1], [2], 0],
  ['all equal', [5, 5], [5], 0.5],
  ['three of four pairs', [1, 3], [0, 2], 0.75],
  ['nothing to compare', [], [1], null],
])('the area under the curve: %s', (_, positives, negatives, area) => {
  expect(areaUnderCurve(positives, negatives)).toBe(area);
});
