import { conversation, FakeProvider, repl, submit } from '@rlm-bridge/fake-provider';
import { forkRLM, memoryStore, type RunStore, runRLM } from 'rlm-bridge';
import { beforeAll, expect, test } from 'vitest';
import { optionsFor } from '../../../rlm/test/e2e/support/run.ts';
import { StoreSource } from '../../src/sources/store-source.ts';
import { faultsOfView } from './support/faults.ts';
import { settled, shown } from './support/shown.ts';

let store: RunStore;
let fork: string;

beforeAll(async () => {
  store = memoryStore();
  let last = 'one';
  const fake = await FakeProvider.start(
    conversation({
      turns: [
        repl('found = llm_query("who?")\nprint(found)'),
        () => repl(`print("${last}")`),
        () => submit(`"${last}"`),
      ],
      prompt: 'the heron',
    }),
  );
  const options = optionsFor(fake);
  await runRLM('a context', 'Who stands there?', { ...options, store, runId: 'original' });
  last = 'two';
  const result = await forkRLM('original', { ...options, store, from: { iteration: 2 } });
  fork = result.runId;
  await fake.stop();
});

test('two runs are compared: their first difference, answers, costs and trees side by side', async () => {
  const page = await shown(new StoreSource(store), { page: 'compare', runs: ['original', fork] });
  const difference = page.getByRole('region', { name: 'First difference' });
  await difference.waitFor();
  expect(await difference.textContent()).toContain('What the model wrote in iteration 2');
  await difference.locator('.diff-a', { hasText: 'print("one")' }).waitFor();
  await difference.locator('.diff-b', { hasText: 'print("two")' }).waitFor();
  expect(await difference.locator('.diff-both').count()).toBeGreaterThan(0);
  const answers = page.getByRole('group', { name: 'Answer' });
  expect(await answers.allTextContents()).toEqual(['one', 'two']);
  const row = (name: string) =>
    page.getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) });
  expect(await row('Cost').getByRole('cell').count()).toBe(2);
  expect(await row('Root model').getAttribute('class')).toBe('');
  expect(await row('Answer').getAttribute('class')).toBe('differs');
  expect(await page.getByRole('table', { name: 'RLMs of the run' }).count()).toBe(2);
  await settled(page);
  expect(await faultsOfView(page)).toEqual([]);
  await difference.getByRole('link', { name: 'In the first run' }).click();
  await page.getByRole('heading', { name: 'Iteration 2' }).waitFor();
});

test('a run and itself do not differ', async () => {
  const page = await shown(new StoreSource(store), { page: 'compare', runs: ['original', 'original'] });
  await page.getByText('They asked, ran and printed the same, and came to the same.').waitFor();
});

test('a fork leads to the run that it was forked from, and to what they differ in', async () => {
  const page = await shown(new StoreSource(store), { page: 'run', run: fork, section: 'about' });
  await page.getByRole('link', { name: 'compare the two' }).click();
  await page.getByRole('region', { name: 'First difference' }).waitFor();
});

test('two runs of the list are chosen to be compared', async () => {
  const page = await shown(new StoreSource(store), { page: 'runs' });
  await page.getByRole('table', { name: 'Runs' }).waitFor();
  for (const box of await page.getByRole('checkbox').all()) await box.check();
  await page.getByRole('button', { name: 'Compare two' }).click();
  await page.getByRole('heading', { name: 'Two runs' }).waitFor();
});
