import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { readPageFiles } from '../../src/report/page-files.ts';

test('a page that was not built is said to be none, with what to do; one that was built in part, too', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const folders = [`${pathToFileURL(folder).href}/`];
  await expect(readPageFiles(folders)).rejects.toThrow(/^The page of the viewer is not there\. .* build makes it/);
  await writeFile(join(folder, 'page.js'), 'script');
  await expect(readPageFiles(folders)).rejects.toThrow(/not there/);
  await writeFile(join(folder, 'page.css'), 'style');
  expect(await readPageFiles(folders)).toEqual({ script: 'script', style: 'style' });
});
