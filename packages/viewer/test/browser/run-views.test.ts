import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import type { ViewSource } from '../../src/model/view-source.ts';
import type { Section } from '../../src/page/routes/route.ts';
import { CONTEXT, type HarbourRun, QUERY } from './support/harbour.ts';
import { harbour } from './support/harbour-source.ts';
import { goTo, shown } from './support/shown.ts';

let run: HarbourRun;
let source: ViewSource;

beforeAll(async () => {
  ({ run, source } = await harbour());
});

const view = (section: Section): Promise<Page> => shown(source, { page: 'run', run: run.runId, section });

test('the head shows the answer, typed ones as a tree, how it ended, cost of cap, tokens, calls and coverage', async () => {
  const page = await view('summary');
  const { result } = run;
  await page.getByRole('heading', { level: 1, name: QUERY }).waitFor();
  const answer = page.getByRole('region', { name: 'Answer' });
  await answer.getByText('Heron').waitFor();
  await answer.getByText('ships:').click();
  await expect.poll(() => answer.getByText('Heron').isVisible()).toBe(false);
  const figures = await page.getByRole('region', { name: 'The run in numbers' }).textContent();
  expect(figures).toContain('answered');
  expect(figures).toContain('$0.500');
  expect(figures).toContain(`${result.usage.calls}`);
  expect(figures).toContain(`${result.subCalls} sub-calls`);
  expect(figures).toContain(`${((result.coverage?.seenFraction ?? 0) * 100).toFixed(1)} %`);
});

test('a summary says in sentences what the run did, what it cost and what it did not read', async () => {
  const page = await view('summary');
  const story = await page.getByRole('region', { name: 'In short' }).textContent();
  expect(story).toContain('The context is 12 documents');
  expect(story).toMatch(
    /gpt-4\.1 wrote Python over it in 6 iterations: 8 code blocks, of which 1 failed; its code began 1 RLM below/,
  );
  expect(story).toMatch(/Its code asked gpt-4o-mini \d+ times \(.*cut.*\)/);
  expect(story).toMatch(/\d+\.\d % of the context was in no prompt that a model answered/);
  expect(story).toMatch(/cost/);
  expect(story).toContain('It ended with an answer');
});

test('the timeline marks retries, refused and cut replies, and a press opens the call', async () => {
  const page = await view('timeline');
  const legend = page.getByRole('region', { name: 'Timeline' }).getByRole('list');
  for (const word of ['root model', 'code runs', 'waits for sub-calls', 'sub-call'])
    await legend.getByText(word, { exact: true }).waitFor();
  await page.getByRole('img', { name: /Calls under way over time: at most \d+ at once/ }).waitFor();
  const bars = page.getByRole('slider', { name: /Bars of the timeline/ });
  for (const [button, state] of [
    [/\d+ cut/, 'cut'],
    [/\d+ refused/, 'refused'],
    [/\d+ retried/, 'answered'],
  ] as const) {
    await legend.getByRole('button', { name: button }).click();
    await expect.poll(() => bars.getAttribute('aria-valuetext')).toMatch(new RegExp(`^call .*, ${state}$`));
  }
  await bars.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: /^Call \d+/ }).waitFor();
  expect(page.url()).toContain('/call/');
});

test('the keyboard goes over the timeline from bar to bar, zooms and moves', async () => {
  const page = await view('timeline');
  const bars = page.getByRole('slider', { name: /Bars of the timeline/ });
  await bars.focus();
  const at = () => bars.getAttribute('aria-valuetext');
  await page.keyboard.press('ArrowRight');
  expect(await at()).toBe('iteration 1');
  await page.keyboard.press('ArrowRight');
  expect(await at()).toMatch(/^call /);
  await page.keyboard.press('ArrowRight');
  expect(await at()).toBe('code block 1 of iteration 1');
  await page.keyboard.press('ArrowDown');
  expect(await at()).toMatch(/iteration 2$|^call /);
  const all = page.getByRole('button', { name: 'All' });
  expect(await all.isDisabled()).toBe(true);
  await page.keyboard.press('+');
  expect(await all.isDisabled()).toBe(false);
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('0');
  expect(await all.isDisabled()).toBe(true);
});

test('the pointer over a bar tells what it is, and a click on it opens it', async () => {
  const page = await view('timeline');
  const canvas = page.locator('.timeline-canvas');
  await canvas.waitFor();
  const box = await canvas.boundingBox();
  const details = page.locator('.bar-details');
  const y = 34;
  for (let x = 150; x < (box?.width ?? 0); x += 6) {
    await canvas.hover({ position: { x, y } });
    if ((await details.textContent())?.includes('turn of the root')) break;
  }
  expect(await details.textContent()).toContain('turn of the root');
});

test('an iteration shows what was new in the prompt, the reply, its code with output, its sub-calls and the variables made', async () => {
  const page = await view('iterations');
  await page
    .getByRole('navigation', { name: 'Iterations' })
    .getByRole('link', { name: /39 calls/ })
    .click();
  const iteration = page.getByRole('article');
  await iteration.getByText(/What was new in the prompt: \d+ message/).click();
  await iteration.getByText('What the model wrote').waitFor();
  const block = page.getByRole('region', { name: 'Code block 1' });
  await block.locator('.code-call', { hasText: 'llm_query_batched' }).waitFor();
  expect(await block.locator('.binds code').allTextContents()).toEqual(
    expect.arrayContaining(['pieces', 'prompts', 'replies']),
  );
  await block.getByRole('figure').filter({ hasText: 'Output' }).getByText('logs/01-january.txt ->').first().waitFor();
  await block.getByRole('row').filter({ hasText: 'answered' }).getByRole('link').first().click();
  await page.getByRole('group', { name: 'Reply' }).waitFor();
  await page.getByText('Which ships in this log did not pay?').waitFor();
});

test('code that failed is marked, with its errors', async () => {
  const page = await view('iterations');
  await goTo(page, { page: 'iteration', run: run.runId, node: '0', number: 3 });
  const block = page.getByRole('region', { name: 'Code block 1' });
  await block.getByText('error', { exact: true }).waitFor();
  await block
    .getByText(/NameError/)
    .first()
    .waitFor();
});

test('the calls are a table that is sorted and filtered', async () => {
  const page = await view('calls');
  const table = page.getByRole('table', { name: 'Calls' });
  await table.getByRole('button', { name: 'Cost' }).click();
  const costs = async () =>
    (
      await table
        .locator('tbody tr')
        .evaluateAll((rows) => rows.map((row) => row.querySelectorAll('td')[9]?.textContent ?? ''))
    ).filter(Boolean);
  expect(await table.getByRole('columnheader', { name: 'Cost' }).getAttribute('aria-sort')).toBe('descending');
  const known = (await costs()).filter((cost) => cost.startsWith('$')).map((cost) => Number(cost.slice(1)));
  expect(known.length).toBeGreaterThan(3);
  expect(known).toEqual(known.toSorted((a, b) => b - a));
  await page.getByRole('combobox', { name: 'State' }).selectOption('cut');
  await expect.poll(() => table.locator('tbody tr').count()).toBeLessThan(10);
  expect(new Set(await table.locator('tbody .badge').allTextContents())).toEqual(new Set(['cut']));
});

test('the tree has each RLM with calls, tokens and USD, its own and those below', async () => {
  const page = await view('tree');
  const table = page.getByRole('table', { name: 'RLMs of the run' });
  for (const name of ['Calls', 'Tokens', 'USD']) await table.getByRole('columnheader', { name, exact: true }).waitFor();
  expect(await table.getByRole('columnheader', { name: 'with below' }).count()).toBe(3);
  const rows = await table.locator('tbody tr').allTextContents();
  expect(rows).toHaveLength(2);
  expect(rows[0]).toContain('root');
  expect(rows[0]).toContain(String(run.result.usage.calls));
  expect(rows[1]).toContain('0/1');
});

test('refused answers are shown with the reasons that the model was given', async () => {
  const page = await view('answers');
  await page.getByText('It has not the shape').first().waitFor();
  await page.getByText('Heron and Plover').waitFor();
});

test('tools are shown with their arguments and results', async () => {
  const page = await view('tools');
  await page.getByRole('heading', { name: /register/ }).waitFor();
  await page.getByRole('group', { name: 'Arguments' }).getByText('"Heron"').waitFor();
  await page.getByRole('group', { name: 'Result' }).getByText('Whitby').waitFor();
});

test('the budget is shown over time, against the cap, and the dearest calls', async () => {
  const page = await view('budget');
  await page.getByRole('table', { name: 'Dearest calls' }).waitFor();
  await page.getByRole('img', { name: /Spent over time: .* of a cap of \$0\.500/ }).waitFor();
});

test('what it was run with is shown: environment, versions, options, and the processes that worked on it', async () => {
  const page = await view('about');
  for (const [name, value] of [
    ['Environment', 'local'],
    ['Root model', 'gpt-4.1'],
    ['rlms', '0.1.3'],
  ] as const) {
    const pair = page.locator('.key-values > div').filter({ has: page.getByText(name, { exact: true }) });
    expect(await pair.first().textContent()).toContain(value);
  }
  await page.getByRole('region', { name: 'Processes that worked on it' }).getByRole('listitem').waitFor();
});

test('a stretch of the map of a run shows its text and every call that read it, and a call shows what it read', async () => {
  const page = await view('coverage');
  const map = page.getByRole('slider', { name: /The whole context/ });
  await map.focus();
  await page.keyboard.press('ArrowRight');
  await expect
    .poll(() => map.getAttribute('aria-valuetext'))
    .toMatch(/^logs\/01-january\.txt, characters 0 to [\d,]+: read by the root/);
  await page.keyboard.press('Enter');
  const text = page.getByRole('group', { name: 'Text' });
  await text.locator('mark.mark-root.is-chosen', { hasText: 'January 1, entry 1' }).waitFor();
  await page
    .locator('.readers')
    .getByText(/calls? read characters 0 to/)
    .waitFor();
  await page.locator('.readers').getByRole('link').first().click();
  await page
    .getByRole('table', { name: 'What of the context it had' })
    .getByRole('link', { name: 'logs/01-january.txt' })
    .first()
    .click();
  await page.getByRole('heading', { name: 'logs/01-january.txt' }).waitFor();
});

test('every document is a strip with what was read of it, and the least read ones come first', async () => {
  const page = await view('coverage');
  const table = page.getByRole('table', { name: 'Documents' });
  await table.getByRole('link').first().waitFor();
  const rows = await table.locator('tbody tr').count();
  expect(rows).toBe(Object.keys(CONTEXT).length);
  expect(await table.getByRole('link').first().textContent()).toContain('september');
  await page.getByRole('combobox', { name: 'Which' }).selectOption('untouched');
  await page.getByRole('searchbox', { name: 'Filter' }).fill('nothing like it');
  await page.getByText('No document is like that.').waitFor();
});
