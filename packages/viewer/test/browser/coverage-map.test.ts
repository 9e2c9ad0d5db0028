import { expect, test } from 'vitest';
import type { ReadView } from '../../src/model/coverage-view.ts';
import type { Route } from '../../src/page/routes/route.ts';
import { callOf, MemorySource } from '../support/memory-source.ts';
import { faultsOf } from './support/faults.ts';
import { goTo, shown } from './support/shown.ts';

const LINES = (name: string) =>
  Array.from({ length: 400 }, (_, line) => `${name} line ${line + 1} of the log`).join('\n');

/** Documents of which the root, sub-calls, both and nobody read stretches. */
function partlyRead(): MemorySource {
  const source = new MemorySource();
  const texts = [LINES('first'), LINES('second'), LINES('third')];
  const chars = texts.map((text) => text.length);
  const ended = { outcome: 'succeeded', finishReason: 'stop', endedAt: 10 } as const;
  const said = (text: string) => ({
    prompt: [{ role: 'user', text: source.text(text) }],
    reply: source.text(`reply to ${text}`),
  });
  const calls = [
    callOf('call-1', { ...ended, ...said('the root') }),
    callOf('call-2', { ...ended, ...said('one'), role: 'llm_query', codeBlock: 0 }),
    callOf('call-3', { ...ended, ...said('two'), role: 'llm_query', codeBlock: 0 }),
  ];
  const reads: ReadView[] = [
    [0, 0, 1000, 0],
    [0, 500, 3000, 1],
    [1, 0, chars[1] ?? 0, 2],
  ];
  const all = chars.reduce((sum, one) => sum + one, 0);
  const fractions = [3000 / (chars[0] ?? 1), 1, 0];
  source.change({ calls });
  source.head({
    coverage: {
      chars: all,
      fraction: (3000 + (chars[1] ?? 0)) / all,
      byRole: { root: 1000 / all, sub: (2500 + (chars[1] ?? 0)) / all },
      required: null,
      documents: texts.map((text, place) => ({
        name: `logs/${place}.txt`,
        chars: text.length,
        text: source.text(text),
        fraction: fractions[place] ?? null,
      })),
      reads,
      incomplete: null,
    },
  });
  source.end();
  return source;
}

const source = partlyRead();
const visit = (route: Route) => shown(source, route);

test('a click on a stretch shows the text and every call that read it', async () => {
  const page = await visit({ page: 'document', run: 'run-1', document: 0, at: null });
  const readers = page.locator('.readers');
  await readers.getByText('2 calls read some of it').waitFor();
  await page.locator('mark.mark-both').first().click();
  await readers.getByText('2 calls read characters 500 to 1,000').waitFor();
  expect(await readers.getByRole('link').allTextContents()).toEqual(['1', '2']);
  await page.locator('mark.mark-sub').first().click();
  await readers.getByText('1 call read characters 1,000 to 3,000').waitFor();
  await page.locator('.document-text mark.is-chosen').first().waitFor();
  await page.locator('mark.mark-unread').first().click();
  await readers.getByText('No call that was answered had this in its prompt, word for word.').waitFor();
  expect(page.url()).toMatch(/document\/0\/3000-\d+$/);
});

test('the map of the whole context leads to the stretch that is pressed, by the pointer and by the keyboard', async () => {
  const page = await visit({ page: 'run', run: 'run-1', section: 'coverage' });
  const map = page.getByRole('slider', { name: /The whole context/ });
  await map.focus();
  await page.keyboard.press('ArrowRight');
  await expect
    .poll(() => map.getAttribute('aria-valuetext'))
    .toBe('logs/0.txt, characters 0 to 500: read by the root, in 1 call');
  await page.keyboard.press('End');
  await expect.poll(() => map.getAttribute('aria-valuetext')).toContain('not read by anybody');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'logs/2.txt' }).waitFor();
  await page.goBack();
  await page.locator('.context-map canvas').click({ position: { x: 3, y: 5 } });
  await page.getByRole('heading', { name: 'logs/0.txt' }).waitFor();
  expect(await faultsOf(page)).toEqual([]);
});

test('a click on a call shows what it read', async () => {
  const page = await visit({ page: 'call', run: 'run-1', call: 'call-2' });
  const table = page.getByRole('table', { name: 'What of the context it had' });
  const row = table.locator('tbody tr');
  await expect.poll(() => row.allTextContents()).toEqual(['logs/0.txt5003,0002,500']);
  await row.getByRole('link').click();
  await page.locator('.readers').getByText('2 calls read characters 500 to 3,000').waitFor();
  await page.locator('mark.is-chosen').first().waitFor();
});

test('a link that is pressed stays where it is until it is released, whatever comes meanwhile', async () => {
  const source = partlyRead();
  const gate = Promise.withResolvers<void>();
  const readText = source.readText.bind(source);
  source.readText = async (...asked) => {
    await gate.promise;
    return (await readText(...asked)).replaceAll(' ', '\n');
  };
  const page = await shown(source, { page: 'call', run: 'run-1', call: 'call-2' });
  const link = page.getByRole('table', { name: 'What of the context it had' }).getByRole('link');
  await link.hover();
  await page.mouse.down();
  const texts = ['text=2', 'text=3'].map((text) => page.waitForResponse((response) => response.url().includes(text)));
  gate.resolve();
  for (const text of await Promise.all(texts)) await text.finished();
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  await page.mouse.up();
  await page.getByRole('heading', { name: 'logs/0.txt' }).waitFor();
});

test('what read a stretch is not told by colors alone', async () => {
  const page = await visit({ page: 'document', run: 'run-1', document: 0, at: null });
  await page.locator('.document-text mark').first().waitFor();
  const titles = await page
    .locator('.document-text mark')
    .evaluateAll((marks) => marks.map((mark) => mark.getAttribute('title')));
  expect(titles.slice(0, 4)).toEqual([
    'Read by the root, in 1 call',
    'Read by the root and by sub-calls, in 2 calls',
    'Read by sub-calls, in 1 call',
    'Not read',
  ]);
});

test('before the stretches are known, the page says so, and shows nothing as unread that was read', async () => {
  const source = partlyRead();
  const { coverage } = (await source.readRun('run-1')).head;
  if (coverage)
    source.head({ coverage: { ...coverage, reads: [], incomplete: 'Which call read which part is worked out.' } });
  const page = await shown(source, { page: 'run', run: 'run-1', section: 'coverage' });
  await page.getByText('Which call read which part is worked out.').waitFor();
  expect(await page.locator('.context-map').count()).toBe(0);
  await page.getByRole('columnheader', { name: 'How much was read' }).waitFor();
  await goTo(page, { page: 'document', run: 'run-1', document: 0, at: null });
  await page.locator('.document-text pre').first().waitFor();
  expect(await page.locator('.document-text mark').count()).toBe(0);
});
