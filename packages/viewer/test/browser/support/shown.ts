import type { Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import type { ViewSource } from '../../../src/model/view-source.ts';
import { addressOf, type Route } from '../../../src/page/routes/route.ts';
import { readPageFiles } from '../../../src/report/page-files.ts';
import { serveSource } from '../../../src/server/serve-source.ts';
import type { PageOptions } from './kept-page.ts';
import { openPage } from './open-page.ts';
import { stage } from './stage.ts';

/**
 * A place of the page that all tests of a process share, shown from a source. A test fails in which it did what it may not; what a
 * test leaves in it that no other place undoes is to be left in one that is opened anew.
 */
export async function shown(source: ViewSource, route: Route, options: PageOptions = {}): Promise<Page> {
  const { page, complaints } = await stage(source, options);
  onTestFinished(() => expect(complaints.splice(0)).toEqual([]));
  await goTo(page, route);
  return page;
}

/** A place of a page of its own, served from a source for the length of a test. */
export async function openedAnew(source: ViewSource, route: Route, options: PageOptions = {}): Promise<Page> {
  const served = await serveSource(source, await readPageFiles(), 0);
  onTestFinished(() => served.close());
  return await openPage(`${served.url}${addressOf(route)}`, options);
}

/** Goes to another place of the page that is open. */
export async function goTo(page: Page, route: Route): Promise<void> {
  await page.evaluate((address) => {
    location.hash = address;
  }, addressOf(route));
}

/** Once the page waits for nothing that it has asked for. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(
    () => document.querySelector('main')?.childElementCount && !document.querySelector('.loading, .waiting'),
  );
}

export async function expectNoOverflow(page: Page): Promise<void> {
  const widths = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  expect(widths[0]).toBeLessThanOrEqual(widths[1] ?? 0);
}
