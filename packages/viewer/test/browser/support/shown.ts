import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import type { ViewSource } from '../../../src/model/view-source.ts';
import { addressOf, type Route } from '../../../src/page/routes/route.ts';
import { readPageFiles } from '../../../src/report/page-files.ts';
import { serveSource } from '../../../src/server/serve-source.ts';
import type { PageOptions } from './kept-page.ts';
import { openPage } from './open-page.ts';

/** A place of the page, served from a source for the length of a test. */
export async function shown(source: ViewSource, route: Route, options: PageOptions = {}): Promise<Page> {
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

/** What is wrong with the page for whoever does not see it, or does not use a pointer; each with the element. */
export async function faultsOf(page: Page): Promise<string[]> {
  // Once for a page, and with what is wrong alone: what is right is most of what axe says.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source);
  return await page.evaluate(async () => {
    const { run } = Reflect.get(globalThis, 'axe') as typeof axe;
    const { violations } = await run({ resultTypes: ['violations'] });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
  });
}

export async function expectNoOverflow(page: Page): Promise<void> {
  const widths = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  expect(widths[0]).toBeLessThanOrEqual(widths[1] ?? 0);
}
