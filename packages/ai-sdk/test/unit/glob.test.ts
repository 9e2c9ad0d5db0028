import { expect, test } from 'vitest';
import { matchesGlob } from '../../src/glob.ts';

test.each([
  ['a.md', 'a.md', true],
  ['*.md', 'a.md', true],
  ['*.md', 'deep/a.md', false],
  ['**/*.md', 'a.md', true],
  ['**/*.md', 'very/deep/a.md', true],
  ['**', 'very/deep/a.md', true],
  ['very/**', 'very/deep/a.md', true],
  ['very/**/a.md', 'very/a.md', true],
  ['very/**/deep/**/a.*', 'very/deep/deeper/deep/a.md', true],
  ['very/*/a.md', 'very/deep/er/a.md', false],
  ['?.md', 'a.md', true],
  ['?.md', 'ab.md', false],
  ['?.md', '\u{1f600}.md', true],
  ['*a*b*', 'xxaxxbxx', true],
  ['*a*b*', 'xxbxxaxx', false],
  ['a*', 'a', true],
  ['', 'a', false],
  ['[a].md', 'a.md', false],
  ['{a,b}.md', 'a.md', false],
])('%s, %s: %s', (pattern, path, matches) => {
  expect(matchesGlob(pattern, path)).toBe(matches);
});

test('a pattern made to take forever does not', () => {
  expect(matchesGlob(`${'*a'.repeat(100)}b`, 'a'.repeat(5_000))).toBe(false);
  expect(matchesGlob(`${'**/a/'.repeat(60)}b`, 'a/'.repeat(2_000))).toBe(false);
});
