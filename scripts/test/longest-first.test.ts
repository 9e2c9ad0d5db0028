import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LONGEST, longestFirst } from '../vitest-longest-first.ts';

const PACKAGES = join(import.meta.dirname, '../../packages');

test('the files of a project follow each other, the longest first, and the project of the longest is the first', () => {
  const [longest = '', second = '', third = ''] = LONGEST;
  const files = [
    ['b', 'rlm/test/unit/a.test.ts'],
    ['b', third],
    ['a', second],
    ['a', 'rlm/test/e2e/b.test.ts'],
    ['b', longest],
  ].map(([name = '', file = '']) => ({ moduleId: join(PACKAGES, file), project: { name } }));
  const names = longestFirst(files).map(({ moduleId }) => moduleId.slice(PACKAGES.length + 1));
  expect(names).toEqual([longest, third, 'rlm/test/unit/a.test.ts', second, 'rlm/test/e2e/b.test.ts']);
});

test('each file that is said to take long is there', () => {
  expect(LONGEST.filter((name) => !existsSync(join(PACKAGES, name)))).toEqual([]);
});
