import { expect, test } from 'vitest';
import { diffLines } from '../../../src/page/compare/diff-lines.ts';

const sideOf = (a: string, b: string, side: 'a' | 'b') =>
  diffLines(a, b)
    .filter((line) => line.in === 'both' || line.in === side)
    .map(({ text }) => text)
    .join('\n');

/** Texts of few letters, so that they have much in common. */
function textsOf(count: number): string[] {
  let state = 7;
  const next = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  return Array.from({ length: count }, () => Array.from({ length: next(14) }, () => 'abc'[next(3)]).join('\n'));
}

test('a difference of two texts has both of them, line by line', () => {
  const texts = textsOf(80);
  for (const a of texts) {
    for (const b of texts) {
      expect(sideOf(a, b, 'a')).toBe(a);
      expect(sideOf(a, b, 'b')).toBe(b);
    }
  }
});

test('lines that are the same are not said to differ', () => {
  const signs = { both: ' ', a: '-', b: '+' };
  const shown = diffLines('a\nb\nc\nd', 'a\nx\nc\ne\nd').map(({ in: side, text }) => signs[side] + text);
  expect(shown).toEqual([' a', '-b', '+x', ' c', '+e', ' d']);
});

test('texts that have nothing in common are told apart without looking for ever', () => {
  const lines = (letter: string) => Array.from({ length: 20_000 }, (_, place) => `${letter}${place}`).join('\n');
  expect(diffLines(lines('a'), lines('b'))).toHaveLength(40_000);
});
