import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LONGEST, longestFirst } from '../vitest-longest-first.ts';

const PACKAGES = join(import.meta.dirname, '../../packages');

test('the files that take longest start first, the longest before the others, whatever their project', () => {
  const [longest = '', second = ''] = LONGEST;
  const files = ['rlm/test/unit/a.test.ts', second, 'rlm/test/e2e/b.test.ts', longest].map((name) => ({
    moduleId: join(PACKAGES, name),
  }));
  const names = longestFirst(files).map(({ moduleId }) => moduleId.slice(PACKAGES.length + 1));
  expect(names).toEqual([longest, second, 'rlm/test/unit/a.test.ts', 'rlm/test/e2e/b.test.ts']);
});

test('each file that is said to take long is there', () => {
  expect(LONGEST.filter((name) => !existsSync(join(PACKAGES, name)))).toEqual([]);
});
