import { conversation, FakeProvider, repl, submit } from '@rlm-bridge/fake-provider';
import { memoryStore, runRLM } from 'rlm-bridge';
import { expect, onTestFinished, test } from 'vitest';
import { optionsFor } from '../../../rlm/test/e2e/support/run.ts';
import { StoreSource } from '../../src/sources/store-source.ts';
import { goTo, shown } from './support/shown.ts';

test('a run is followed while it works: what is new comes by itself, nothing that is looked at moves, and its end is told', async () => {
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const fake = await FakeProvider.start(
    conversation({
      turns: [
        repl('print(llm_query("first"))'),
        async () => {
          await gates[0]?.promise;
          return repl('print(llm_query("second"))');
        },
        async () => {
          await gates[1]?.promise;
          return submit('"the heron"');
        },
      ],
      prompt: ({ text }) => `heard ${text}`,
    }),
  );
  onTestFinished(() => fake.stop());
  onTestFinished(() => {
    for (const { resolve } of gates) resolve();
  });
  const store = memoryStore();
  const run = runRLM('a context of one line', 'Who stands there?', optionsFor(fake, { store, runId: 'followed' }));
  for await (const { type } of run) if (type === 'iteration.completed') break;

  const page = await shown(new StoreSource(store), { page: 'run', run: 'followed', section: 'summary' });
  await page.locator('.live-mark').waitFor();
  await page.getByText('It has no answer yet.').waitFor();
  const steps = page.getByRole('region', { name: 'Step by step' }).getByRole('listitem');
  await expect.poll(() => steps.count()).toBe(2);
  const tops = () =>
    page.evaluate(() =>
      ['h1', '.figures', '.tabs', '.summary'].map((name) => document.querySelector(name)?.getBoundingClientRect().top),
    );
  const before = await tops();

  gates[0]?.resolve();
  await expect.poll(() => steps.count()).toBe(3);
  expect(await tops()).toEqual(before);

  await goTo(page, { page: 'iteration', run: 'followed', node: '0', number: 1 });
  await page.getByRole('heading', { name: 'Iteration 1' }).waitFor();
  gates[1]?.resolve();
  await run;
  await expect.poll(() => page.getByRole('region', { name: 'The run in numbers' }).textContent()).toContain('answered');
  await page.getByRole('heading', { name: 'Iteration 1' }).waitFor();
  await goTo(page, { page: 'run', run: 'followed', section: 'summary' });
  await page.getByRole('group', { name: 'Answer' }).getByText('the heron').waitFor();
  expect(await page.locator('.live-mark').count()).toBe(0);
});

test('the list of runs tells of runs that begin while it is open', async () => {
  const fake = await FakeProvider.start(conversation({ turns: [submit('"done"')] }));
  onTestFinished(() => fake.stop());
  const store = memoryStore();
  const page = await shown(new StoreSource(store), { page: 'runs' });
  await page.getByText('There are no runs here.').waitFor();
  await runRLM('a context', 'What came later?', optionsFor(fake, { store, runId: 'later' }));
  await page.getByRole('table', { name: 'Runs' }).getByText('What came later?').waitFor();
});
