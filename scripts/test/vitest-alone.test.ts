import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ALONE } from '../vitest-alone.ts';

const ROOT = join(import.meta.dirname, '../..');

/** What a test does with the process that it runs in, which another test in it would meet. */
const ITS_PROCESS =
  /support\/(processes|victims|end-workers)\.ts|\b(closeWorkers|configureWorkers)\b|\bprocess\.env(\.\w+|\[\w+\]) = |\bdelete process\.env/;
const ITS_MODULES = /\bvi\.(?:do)?[mM]ock\(/;

const files = globSync('packages/*/test/e2e/**/*.test.ts', { cwd: ROOT });
const filesThat = (does: RegExp) =>
  files.filter((file) => does.test(readFileSync(join(ROOT, file), 'utf8'))).toSorted();

test('end-to-end tests that look at their process, or change it, find it without workers, and no others', () => {
  expect(ALONE.length).toBeGreaterThan(10);
  expect(filesThat(ITS_PROCESS)).toEqual(ALONE);
});

test('no end-to-end test replaces a module, which the files after it in its process would find', () => {
  expect(filesThat(ITS_MODULES)).toEqual([]);
});
