import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { conversation, repl, submit } from '@rlm-bridge/fake-provider';
import type { Page } from 'playwright-core';
import { resumeRLM } from 'rlm-bridge';
import { expect, onTestFinished, test } from 'vitest';
import { isReply, killedAfter, linesOf } from '../../../rlm/test/e2e/support/journals.ts';
import { addressOf, type Route } from '../../src/page/routes/route.ts';
import { runReport } from '../../src/report/run-report.ts';
import { keptRun } from '../e2e/support/runs.ts';
import { openPage } from './support/open-page.ts';
import { goTo } from './support/shown.ts';

// What one file shows.

async function opened(html: AsyncIterable<string>, route: Route): Promise<Page> {
  const folder = await mkdtemp(join(tmpdir(), 'rlm-view-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'run.html');
  await writeFile(file, html);
  return await openPage(`${pathToFileURL(file).href}${addressOf(route)}`);
}

test('of a context with more than contextChars the longest documents are left out, which the page says; the others are there', async () => {
  const context = { short: 'The heron stands at the first mile. '.repeat(10), long: 'The plover runs. '.repeat(500) };
  const script = conversation({
    turns: [repl('print(llm_query(context["short"] + context["long"][:2000]))'), submit('"done"')],
    prompt: 'heard both',
  });
  const { store, runId } = await keptRun(script, {}, context);
  const route: Route = { page: 'run', run: runId, section: 'coverage' };
  const page = await opened(runReport(store, runId, { contextChars: 1_000 }), route);
  await page.getByText('The texts of 1 of 2 documents are left out of this file, for their size.').waitFor();
  await goTo(page, { page: 'document', run: runId, document: 0, at: null });
  await page.getByRole('group', { name: 'Text' }).getByText('The heron stands').waitFor();
  await goTo(page, { page: 'document', run: runId, document: 1, at: null });
  await page.getByText('Its text is not here').waitFor();
  await page.getByRole('heading', { name: '1 call read some of it' }).waitFor();
  await goTo(page, { page: 'call', run: runId, call: 'call-2' });
  await page.getByRole('group', { name: 'Reply' }).getByText('heard both').waitFor();
});

test('what a run left behind when it went another way is said so; what it did instead, and what of it it took up again, is not', async () => {
  const script = conversation({
    turns: [
      repl('said = llm_query("before")\nprint(said)'),
      repl('import time\nsaid = llm_query(f"at {time.time_ns()}")'),
      submit('said'),
    ],
    prompt: ({ text }) => `heard ${text}`,
  });
  const { store, runId, options } = await keptRun(script);
  const lines = await linesOf(store, runId);
  const killed = await killedAfter(lines.findLastIndex(isReply) + 1, store, runId);
  const { apiKey, python, quiet } = options;
  await resumeRLM(runId, {
    ...(apiKey && { apiKey }),
    ...(python && { python }),
    ...(quiet && { quiet }),
    store: killed,
  });
  const page = await opened(runReport(killed, runId), { page: 'run', run: runId, section: 'calls' });
  const calls = page.getByRole('table', { name: 'Calls' });
  await calls.getByText('left behind').first().waitFor();
  const states = await calls.locator('tbody tr').allTextContents();
  expect(states.map((state) => /left behind/.test(state))).toEqual([false, false, false, true, false, false]);
  await goTo(page, { page: 'iteration', run: runId, node: '0', number: 2 });
  await expect.poll(() => page.locator('main').getByText('left behind').count()).toBe(1);
  await goTo(page, { page: 'run', run: runId, section: 'summary' });
  await page.getByText('it asked for a prompt otherwise than before').waitFor();
});
