import type { Page } from 'playwright-core';
import { beforeAll, expect, onTestFinished } from 'vitest';
import type { ViewSource } from '../../../src/model/view-source.ts';
import type { Route } from '../../../src/page/routes/route.ts';
import { readPageFiles } from '../../../src/report/page-files.ts';
import { serveSource } from '../../../src/server/serve-source.ts';
import { type OpenedPage, openUntilLeft } from './open-page.ts';
import { goTo } from './shown.ts';

/** Where no view is. */
const NOWHERE = '#/nowhere';

/**
 * One page of a source for all tests of a file, of which each goes to a place of it from where no view is: what another test
 * left a view like is gone. As with `shown`, a test fails in which it did what it may not.
 */
export function visits(sourceOf: () => Promise<ViewSource>): (route: Route) => Promise<Page> {
  let opened: OpenedPage;
  beforeAll(async () => {
    const served = await serveSource(await sourceOf(), await readPageFiles(), 0);
    opened = await openUntilLeft(`${served.url}${NOWHERE}`);
    return async () => {
      await opened.leave();
      await served.close();
    };
  });
  return async (route) => {
    const { page, complaints } = opened;
    onTestFinished(() => expect(complaints.splice(0)).toEqual([]));
    await page.mouse.move(0, 0);
    await page.evaluate((address) => {
      location.hash = address;
    }, NOWHERE);
    await page.getByText('There is nothing at this address.').waitFor();
    await goTo(page, route);
    return page;
  };
}
