import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ALONE } from '../vitest-alone.ts';

const ROOT = join(import.meta.dirname, '../..');

/** What a test does with the process that it runs in, which another test in it would meet. */
const ITS_PROCESS =
  /support\/(processes|victims)\.ts|\b(closeWorkers|configureWorkers)\b|\bprocess\.env(\.\w+|\[\w+\]) = |\bdelete process\.env|\bvi\.(?:do)?[mM]ock\(/;

test('end-to-end tests that look at their process, or change it, have one of their own, and no others', () => {
  const files = globSync('packages/*/test/e2e/**/*.test.ts', { cwd: ROOT });
  const alone = files.filter((file) => ITS_PROCESS.test(readFileSync(join(ROOT, file), 'utf8')));
  expect(alone.length).toBeGreaterThan(10);
  expect(alone.toSorted()).toEqual(ALONE);
});
