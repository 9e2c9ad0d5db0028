import { beforeAll, expect, test } from 'vitest';
import type { ViewSource } from '../../src/model/view-source.ts';
import { type Route, SECTIONS } from '../../src/page/routes/route.ts';
import { faultsOfView } from './support/faults.ts';
import type { HarbourRun } from './support/harbour.ts';
import { harbour } from './support/harbour-source.ts';
import { goTo, openedAnew, settled, shown } from './support/shown.ts';

let run: HarbourRun;
let source: ViewSource;

beforeAll(async () => {
  ({ run, source } = await harbour());
});

const placesOf = (runId: string): Route[] => [
  ...SECTIONS.map((section): Route => ({ page: 'run', run: runId, section })),
  { page: 'call', run: runId, call: 'call-3' },
  { page: 'iteration', run: runId, node: '0', number: 4 },
  { page: 'document', run: runId, document: 0, at: { start: 0, end: 1500 } },
  { page: 'runs' },
];

test('axe finds nothing in any view of a run, light or dark, wide or narrow, and none is wider than the window', async () => {
  const page = await shown(source, { page: 'runs' });
  const faults: string[] = [];
  for (const place of placesOf(run.runId)) {
    await goTo(page, place);
    await settled(page);
    faults.push(...(await faultsOfView(page)).map((fault) => `${JSON.stringify(place)} ${fault}`));
  }
  expect(faults).toEqual([]);
});

test('the colors are the system’s until somebody chooses, and the choice is kept', async () => {
  const page = await openedAnew(source, { page: 'runs' }, { colorScheme: 'light' });
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await ground();
  await page.getByRole('button', { name: 'Use dark colors' }).click();
  await expect.poll(ground).not.toBe(light);
  const dark = await ground();
  await page.reload();
  await page.getByRole('button', { name: 'Use light colors' }).waitFor();
  await expect.poll(ground).toBe(dark);
});
