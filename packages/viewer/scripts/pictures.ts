import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { closeWorkers } from 'rlm-bridge';
import { findChromium } from '../../../scripts/chromium.ts';
import { addressOf, type Route } from '../src/page/routes/route.ts';
import { readPageFiles } from '../src/report/page-files.ts';
import { serveSource } from '../src/server/serve-source.ts';
import { StoreSource } from '../src/sources/store-source.ts';
import { harbourRun } from '../test/browser/support/harbour.ts';

// Makes the pictures of docs/pictures anew, of a run of the fake provider: `pnpm --filter @rlm-bridge/viewer pictures`, after a build.

const FOLDER = join(import.meta.dirname, '../../../docs/pictures');
const VIEWS = ['timeline', 'coverage'] as const;

const executablePath = await findChromium();
if (executablePath === null) throw new Error('There is no Chromium: install it, or name it in RLM_TEST_CHROMIUM.');
const { store, runId } = await harbourRun({ slowest: 600 });
await closeWorkers();
const served = await serveSource(new StoreSource(store), await readPageFiles(), 0);
const browser = await chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
await mkdir(FOLDER, { recursive: true });
for (const section of VIEWS) {
  const route: Route = { page: 'run', run: runId, section };
  const page = await browser.newPage({ viewport: { width: 1180, height: 760 }, colorScheme: 'light' });
  await page.goto(`${served.url}${addressOf(route)}`);
  await page.locator('.run-view > *').first().waitFor();
  await page.waitForFunction(() => !document.querySelector('.loading, .waiting'));
  // Canvases are painted once their size is known.
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
  await page.locator('#page').screenshot({ path: join(FOLDER, `viewer-${section}.png`) });
  await page.close();
}
await browser.close();
await served.close();
