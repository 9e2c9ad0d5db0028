import { expect, test } from 'vitest';
import { SECTIONS } from '../../src/page/routes/route.ts';
import { callOf, MemorySource } from '../support/memory-source.ts';
import { faultsOf } from './support/faults.ts';
import { expectNoOverflow, goTo, shown } from './support/shown.ts';

// Runs of which little is known, or that are not as usual.

test('of a run that has just begun every view says that there is nothing yet', async () => {
  const page = await shown(new MemorySource(), { page: 'run', run: 'run-1', section: 'summary' });
  await page.getByText('It has no answer yet.').waitFor();
  for (const [section, words] of [
    ['timeline', 'Nothing has begun yet.'],
    ['iterations', 'No iteration has begun.'],
    ['calls', 'No call is like that.'],
    ['tree', 'No RLM has begun.'],
    ['coverage', 'What the context was is not known yet.'],
    ['answers', 'No answer was refused.'],
    ['budget', 'No call has been made.'],
    ['tools', 'The code of this run called no tool of its caller.'],
    ['about', 'Nothing is known of them.'],
  ] as const) {
    await goTo(page, { page: 'run', run: 'run-1', section });
    await page.getByText(words).waitFor();
    expect(await faultsOf(page)).toEqual([]);
  }
});

test('a log that does not tell times says that they are laid out evenly', async () => {
  const source = new MemorySource();
  source.change({
    calls: [callOf('call-1', { startedAt: 0, endedAt: 10, outcome: 'succeeded', finishReason: 'stop' })],
  });
  source.head({ hasTimes: false });
  source.end();
  const page = await shown(source, { page: 'run', run: 'run-1', section: 'timeline' });
  await page.getByText('This log does not tell when single calls began and ended').waitFor();
});

test('a run that was killed says that it can go on, and its lives are separated', async () => {
  const source = new MemorySource();
  source.change({
    calls: [
      callOf('call-1', { startedAt: 1000, endedAt: 1100, outcome: 'succeeded', finishReason: 'stop' }),
      callOf('call-2', { startedAt: 9_000_000, endedAt: null, outcome: 'abandoned' }),
    ],
  });
  source.head({
    status: 'stopped',
    startedAt: 1000,
    lives: [
      { startedAt: 1000, endedAt: null, replayedCalls: 0 },
      { startedAt: 9_000_000, endedAt: null, replayedCalls: 1 },
    ],
  });
  const page = await shown(source, { page: 'run', run: 'run-1', section: 'summary' });
  await page.getByText('It was stopped before it had an answer, and can go on: rlm runs resume.').waitFor();
  await page.getByText('It was resumed 1 time; 1 reply had been kept, and not asked again.').waitFor();
  await goTo(page, { page: 'run', run: 'run-1', section: 'timeline' });
  await page.getByRole('button', { name: '1 abandoned' }).waitFor();
  expect(await page.locator('.timeline .bar-of-tools .number').textContent()).not.toMatch(/ h | min /);
  await goTo(page, { page: 'run', run: 'run-1', section: 'about' });
  await page.getByRole('region', { name: 'Processes that worked on it' }).getByText('killed').first().waitFor();
});

test('names and texts of any length are cut or wrapped, and no view is wider than a narrow window', async () => {
  const source = new MemorySource();
  const long = 'averylongnamewithoutanyspaceinit'.repeat(40);
  source.change({
    calls: [callOf(long, { model: long, reply: source.text(long), prompt: [{ role: long, text: source.text(long) }] })],
  });
  source.head({ rootModel: long, query: source.text(long), facts: [[long, long]] });
  source.end();
  const page = await shown(
    source,
    { page: 'run', run: 'run-1', section: 'summary' },
    { viewport: { width: 360, height: 800 } },
  );
  for (const section of SECTIONS) {
    await goTo(page, { page: 'run', run: 'run-1', section });
    await page.locator('.run-view > *').first().waitFor();
    await expectNoOverflow(page);
  }
  await goTo(page, { page: 'call', run: 'run-1', call: long });
  await page.getByRole('group', { name: 'Reply' }).waitFor();
  await expectNoOverflow(page);
});

test('in a narrow window no column of a table is cut off, and printed a table has all of its rows', async () => {
  const source = new MemorySource();
  const done = { startedAt: 0, endedAt: 90_000, outcome: 'succeeded', finishReason: 'stop', costUsd: 0.1234 } as const;
  source.change({
    calls: Array.from({ length: 60 }, (_, place) => callOf(`call-${place + 1}`, { ...done, role: 'llm_query' })),
  });
  source.end();
  const route = { page: 'run', run: 'run-1', section: 'calls' } as const;
  const page = await shown(source, route, { viewport: { width: 360, height: 800 } });
  const rows = page.getByRole('table', { name: 'Calls' }).locator('tbody tr');
  await rows.first().waitFor();
  const widths = await rows.evaluateAll((all) => all.map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth));
  expect(Math.max(...widths)).toBe(0);
  expect(await rows.count()).toBeLessThan(60);
  await page.emulateMedia({ media: 'print' });
  await expect.poll(() => rows.count()).toBe(60);
  const bottoms = await rows.evaluateAll((all) => all.map((row) => row.getBoundingClientRect().bottom));
  const end = await page
    .getByRole('table', { name: 'Calls' })
    .evaluate((table) => table.getBoundingClientRect().bottom);
  expect(Math.max(...bottoms)).toBeLessThanOrEqual(end + 1);
  expect(await page.getByRole('combobox').filter({ visible: true }).count()).toBe(0);
});

test('printed, the page is light, and has no buttons', async () => {
  const page = await shown(
    new MemorySource(),
    { page: 'run', run: 'run-1', section: 'summary' },
    { colorScheme: 'dark' },
  );
  await page.getByText('It has no answer yet.').waitFor();
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  expect(await page.getByRole('button').filter({ visible: true }).count()).toBe(0);
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)).toBe(
    'rgb(255, 255, 255)',
  );
});
