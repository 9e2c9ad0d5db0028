import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { finding, resultOf, worker } from '../../../assess/test/support/results.ts';
import { assessmentView } from '../../src/assessment/assessment-view.ts';
import type { ViewSource } from '../../src/model/view-source.ts';
import { type Route, SECTIONS } from '../../src/page/routes/route.ts';
import { readPageFiles } from '../../src/report/page-files.ts';
import { runReport } from '../../src/report/run-report.ts';
import { serveSource } from '../../src/server/serve-source.ts';
import { HOSTILE_NAME, hostileAssessment, hostileRun } from '../support/hostile.ts';
import { MemorySource } from '../support/memory-source.ts';
import { openPage } from './support/open-page.ts';
import { goTo, settled } from './support/shown.ts';

const ID = HOSTILE_NAME;

function hostileSource(): MemorySource {
  const source = new MemorySource(ID);
  source.change(hostileRun(source));
  source.end();
  return source;
}

/** What a screen or a terminal would obey, rather than show. */
const OBEYED = ['\u202E', '\u2066', '\u001B', '\u0007', '\u0000'];

const PLACES: Route[] = [
  { page: 'home' },
  { page: 'runs' },
  ...SECTIONS.map((section): Route => ({ page: 'run', run: ID, section })),
  { page: 'call', run: ID, call: 'call-1' },
  { page: 'call', run: ID, call: HOSTILE_NAME },
  { page: 'iteration', run: ID, node: '0', number: 1 },
  { page: 'document', run: ID, document: 0, at: { start: 0, end: 100 } },
  { page: 'compare', runs: [ID, ID] },
];

/** Opens what is closed, and whatever that shows; and the first text that is cut. */
async function openAll(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const drawn = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const closed = () => [...document.querySelectorAll<HTMLElement>('main details:not([open]) > summary')];
    for (let all = closed(); all.length > 0; all = closed()) {
      for (const summary of all) summary.click();
      await drawn();
    }
    const buttons = [...document.querySelectorAll<HTMLElement>('main button')];
    buttons.find(({ textContent }) => textContent?.startsWith('Show all '))?.click();
    await drawn();
  });
}

/** What of a hostile text was taken for more than text: nothing, if all is well. */
function foundIn(page: Page) {
  return page.evaluate((chars) => {
    const shown = document.querySelector('main')?.textContent ?? '';
    const names = ['iframe', 'script', 'svg use', 'form', 'base', 'meta', 'link'];
    return {
      pwned: Reflect.get(globalThis, 'pwned') as unknown,
      obeyed: chars.filter((char) => shown.includes(char)),
      elements: document.querySelectorAll(names.map((name) => `main ${name}`).join(', ')).length,
      targets: [...document.querySelectorAll('a')]
        .map((link) => link.getAttribute('href'))
        .filter((target) => !target?.startsWith('#/')),
    };
  }, OBEYED);
}

/** Goes to every place, and opens what can be opened there. */
async function lookEverywhere(page: Page, places: readonly Route[] = PLACES): Promise<void> {
  for (const place of places) {
    await goTo(page, place);
    await settled(page);
    await openAll(page);
    await settled(page);
    expect(await foundIn(page)).toEqual({ pwned: undefined, obeyed: [], elements: 0, targets: [] });
  }
}

test('served, hostile texts in every field run nothing, load nothing and break no policy', async () => {
  const served = await serveSource(hostileSource(), await readPageFiles(), 0);
  onTestFinished(() => served.close());
  const page = await openPage(served.url);
  await page.getByText('globalThis.pwned').first().waitFor();
  await lookEverywhere(page);
});

test('in a file, hostile texts in every field run nothing, load nothing and break no policy', async () => {
  const file = join(tmpdir(), 'hostile.html');
  await writeFile(file, runReport(hostileSource(), ID));
  const page = await openPage(pathToFileURL(file).href);
  await page.getByText('globalThis.pwned').first().waitFor();
  await lookEverywhere(page);
});

test('hostile texts in every field of an assessment run nothing, load nothing and break no policy', async () => {
  const judged = worker({
    findings: [
      finding({ suggestion: 'Bind it.', since: 'new', suppression: { reason: 'It is.', state: 'new' } }),
      finding({ verified: false, gating: false, doubt: 'It may be.' }),
    ],
    rubric: [{ id: 'tests', question: 'Tests?', severity: 'high', outcome: 'not_met', notMetIn: 1, reason: 'None.' }],
    suppressions: [{ file: 'a.ts', line: 1, rules: ['no-eval'], reason: 'It is.', state: 'new' }],
    gone: [
      {
        ...{ id: 'gone-1', severity: 'high', rule: 'no-eval', message: 'It is run.', file: 'a.ts' },
        ...{ startLine: 1, endLine: 1, state: 'fixed' },
      },
    ],
    policyChanges: ['rlm.config.json'],
    error: { code: 'max_iterations', message: 'It took too long.' },
  });
  const view = hostileAssessment(await assessmentView(resultOf([judged]), null));
  const source: ViewSource = Object.assign(new MemorySource(), { readAssessment: async () => view });
  const served = await serveSource(source, await readPageFiles(), 0);
  onTestFinished(() => served.close());
  const page = await openPage(served.url);
  await page.getByText('globalThis.pwned').first().waitFor();
  const [first] = view.result.workers;
  const places: Route[] = [
    { page: 'home' },
    { page: 'assessment', worker: null, finding: null },
    { page: 'assessment', worker: first?.workerId ?? null, finding: null },
    { page: 'assessment', worker: first?.workerId ?? null, finding: first?.findings[0]?.id ?? null },
  ];
  await lookEverywhere(page, places);
});
