import { beforeAll, expect, test } from 'vitest';
import { type Route, SECTIONS } from '../../src/page/routes/route.ts';
import { StoreSource } from '../../src/sources/store-source.ts';
import { type HarbourRun, harbourRun } from './support/harbour.ts';
import { expectNoOverflow, faultsOf, goTo, shown } from './support/shown.ts';

let run: HarbourRun;

beforeAll(async () => {
  run = await harbourRun();
});

const WAYS = [
  { scheme: 'light', width: 1280 },
  { scheme: 'dark', width: 1280 },
  { scheme: 'light', width: 360 },
  { scheme: 'dark', width: 360 },
] as const;

test.each(WAYS)(
  'axe finds nothing in any view, and none is wider than the window: $scheme, $width wide',
  async ({ scheme, width }) => {
    const routes: Route[] = [
      ...SECTIONS.map((section): Route => ({ page: 'run', run: run.runId, section })),
      { page: 'call', run: run.runId, call: 'call-3' },
      { page: 'iteration', run: run.runId, node: '0', number: 2 },
      { page: 'document', run: run.runId, document: 0, at: { start: 0, end: 1500 } },
      { page: 'compare', runs: [run.runId, run.runId] },
      { page: 'runs' },
    ];
    const page = await shown(
      new StoreSource(run.store),
      { page: 'runs' },
      { colorScheme: scheme, viewport: { width, height: 800 } },
    );
    const faults: string[] = [];
    for (const route of routes) {
      await goTo(page, route);
      await page.waitForFunction(
        () => document.querySelector('main')?.childElementCount && !document.querySelector('.loading, .waiting'),
      );
      faults.push(...(await faultsOf(page)).map((fault) => `${JSON.stringify(route)} ${fault}`));
      await expectNoOverflow(page);
    }
    expect(faults).toEqual([]);
  },
);

test('the colors are the system’s until somebody chooses, and the choice is kept', async () => {
  const page = await shown(new StoreSource(run.store), { page: 'runs' }, { colorScheme: 'light' });
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await ground();
  await page.getByRole('button', { name: 'Use dark colors' }).click();
  await expect.poll(ground).not.toBe(light);
  const dark = await ground();
  await page.reload();
  await page.getByRole('button', { name: 'Use light colors' }).waitFor();
  await expect.poll(ground).toBe(dark);
});
