import type { Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { browser } from './chromium.ts';
import { KeptPage, type PageOptions } from './kept-page.ts';

/** Pages that no test has. */
const free: KeptPage[] = [];

/**
 * A page, opened at an address. When the test ends it must have done nothing that it may not: no
 * error, no violation of its policy, no request to anywhere else.
 */
export async function openPage(url: string, options: PageOptions = {}): Promise<Page> {
  const kept = free.pop() ?? (await KeptPage.of(await browser()));
  await kept.open(url, options);
  onTestFinished(async () => {
    await kept.leave();
    free.push(kept);
    expect(kept.complaints).toEqual([]);
  });
  return kept.page;
}
