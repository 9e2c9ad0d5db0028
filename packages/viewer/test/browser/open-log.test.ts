import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conversation, FakeProvider, repl, submit } from '@rlm-bridge/fake-provider';
import type { Page } from 'playwright-core';
import { runRLM } from 'rlm-bridge';
import { beforeAll, expect, test } from 'vitest';
import { optionsFor } from '../../../rlm/test/e2e/support/run.ts';
import { MemorySource } from '../support/memory-source.ts';
import { faultsOf } from './support/faults.ts';
import { openedAnew } from './support/shown.ts';

/** A log as the official library writes it, of a real run. */
let log: string;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rlm-view-'));
  const fake = await FakeProvider.start(
    conversation({ turns: [repl('print(llm_query("who?"))'), submit('"the heron"')], prompt: 'it is the heron' }),
  );
  await runRLM('a context', 'Who stands there?', optionsFor(fake, { logDir: folder }));
  await fake.stop();
  const [file] = await readdir(folder);
  log = join(folder, file ?? '');
  return () => rm(folder, { recursive: true });
});

/** Drops a file on the page, as from another window. */
async function drop(page: Page, file: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  await page.evaluate((text) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([text], 'dropped.jsonl'));
    for (const type of ['dragover', 'drop']) dispatchEvent(new DragEvent(type, { dataTransfer, cancelable: true }));
  }, text);
}

const WAYS = [(page: Page, file: string) => page.getByLabel('Open a log', { exact: true }).setInputFiles(file), drop];

test('a log of the official library opens in the page, one that is chosen as well as one that is dropped', async () => {
  const page = await openedAnew(new MemorySource(), { page: 'runs' });
  const runs = page.getByRole('table', { name: 'Runs' });
  await runs.waitFor();
  for (const [place, open] of WAYS.entries()) {
    await open(page, log);
    await page.getByRole('region', { name: 'Step by step' }).getByRole('listitem').first().waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.getByText('What it cost is not known: its log does not tell that of its root.').waitFor();
    const views = page.getByRole('navigation', { name: 'Views of the run' });
    await views.getByRole('link', { name: 'Coverage' }).click();
    await page.getByText('A log of the official library does not tell what of the context was read.').waitFor();
    expect(await page.getByText(/read some of it|No call that was answered/).count()).toBe(0);
    await views.getByRole('link', { name: 'Timeline' }).click();
    await page.getByText('This log does not tell when single calls began and ended').waitFor();
    await page.getByRole('link', { name: 'All runs' }).click();
    await expect.poll(() => runs.locator('tbody tr').count()).toBe(2 + place);
  }
});

test('a file that is no log is said to be none, by its name', async () => {
  const page = await openedAnew(new MemorySource(), { page: 'runs' });
  const input = page.getByLabel('Open a log', { exact: true });
  await input.setInputFiles({ name: 'picture.jsonl', mimeType: 'text/plain', buffer: Buffer.from('not a log\n') });
  await page
    .getByRole('alert')
    .getByText(/picture\.jsonl/)
    .waitFor();
});
