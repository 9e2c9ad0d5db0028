import { beforeAll, expect, test } from 'vitest';
import type { ViewSource } from '../../src/model/view-source.ts';
import type { Route } from '../../src/page/routes/route.ts';
import type { HarbourRun } from './support/harbour.ts';
import { harbour } from './support/harbour-source.ts';
import { goTo, shown } from './support/shown.ts';

let run: HarbourRun;
let source: ViewSource;

beforeAll(async () => {
  ({ run, source } = await harbour());
});

const summary = (): Route => ({ page: 'run', run: run.runId, section: 'summary' });

test('links to any place lead there, back and forward too', async () => {
  const page = await shown(source, { page: 'iteration', run: run.runId, node: '0', number: 2 });
  await page.getByRole('heading', { name: 'Iteration 2' }).waitFor();
  await page.getByRole('link', { name: 'Later iteration' }).click();
  await page.getByRole('heading', { name: 'Iteration 3' }).waitFor();
  await page.getByRole('navigation', { name: 'Views of the run' }).getByRole('link', { name: 'Calls' }).click();
  await page.getByRole('table', { name: 'Calls' }).waitFor();
  await page.goBack();
  await page.getByRole('heading', { name: 'Iteration 3' }).waitFor();
  await page.goBack();
  await page.getByRole('heading', { name: 'Iteration 2' }).waitFor();
  await page.goForward();
  await page.getByRole('heading', { name: 'Iteration 3' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'Iteration 3' }).waitFor();
});

test('what is not there is said, and leads back', async () => {
  const page = await shown(source, { page: 'call', run: run.runId, call: 'call-9999' });
  await page.getByText('This run has no call of this name.').waitFor();
  await goTo(page, { page: 'document', run: run.runId, document: 999, at: null });
  await page.getByText('This run has no such document.').waitFor();
  await goTo(page, { page: 'run', run: 'nobody', section: 'summary' });
  await page.getByRole('alert').waitFor();
  await page.getByRole('alert').getByRole('link', { name: 'All runs' }).click();
  await page.getByRole('table', { name: 'Runs' }).waitFor();
});

test('everything is reached by the keyboard: views by numbers, neighbors by brackets, tables by arrows, filters by a slash', async () => {
  const page = await shown(source, summary());
  await page.getByRole('region', { name: 'In short' }).waitFor();
  await page.keyboard.press('4');
  const table = page.getByRole('table', { name: 'Calls' });
  await table.waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('ships');
  expect(await page.getByRole('searchbox').inputValue()).toBe('ships');
  await table.getByRole('link').first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  const place = () => page.evaluate(() => document.activeElement?.closest('tr')?.getAttribute('data-place'));
  await expect.poll(place).toBe('2');
  await page.keyboard.press('End');
  await expect.poll(async () => Number(await place())).toBeGreaterThan(10);
  await page.keyboard.press('Enter');
  const heading = page.getByRole('heading', { name: /^Call \d+/ });
  const name = await heading.textContent();
  await page.keyboard.press('[');
  await expect.poll(() => heading.textContent()).not.toBe(name);
  await page.keyboard.press('?');
  const keys = page.getByRole('dialog', { name: 'Keys' });
  await keys.waitFor();
  await page.keyboard.press('Escape');
  await keys.waitFor({ state: 'hidden' });
  await page.keyboard.press('u');
  await page.getByRole('table', { name: 'Runs' }).waitFor();
});

test('runs are filtered by words and status, and the keyboard opens one', async () => {
  const page = await shown(source, { page: 'runs' });
  const table = page.getByRole('table', { name: 'Runs' });
  await table.waitFor();
  await page.getByRole('searchbox', { name: 'Filter' }).fill('no such run');
  await page.getByText('No run is like that.').waitFor();
  await page.getByRole('searchbox', { name: 'Filter' }).fill('dues');
  await page.getByRole('combobox', { name: 'Status' }).selectOption('answered');
  await table.getByRole('link').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('region', { name: 'In short' }).waitFor();
});
