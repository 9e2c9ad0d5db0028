import { type Browser, chromium, type Page } from 'playwright-core';
import { expect, inject, onTestFinished } from 'vitest';
import { KeptPage, type PageOptions } from './kept-page.ts';

let connected: Promise<Browser> | undefined;

/** The Chromium of all tests; each process of tests has one connection, which ends with it. */
function browser(): Promise<Browser> {
  connected ??= chromium.connect(inject('chromium'));
  return connected;
}

/** Pages that no test has. */
const free: KeptPage[] = [];

/**
 * A page, opened at an address. When the test ends it must have done nothing that it may not: no
 * error, no violation of its policy, no request to anywhere else.
 */
export async function openPage(url: string, options: PageOptions = {}): Promise<Page> {
  const kept = free.pop() ?? (await KeptPage.of(await browser()));
  const complaints = await kept.open(url, options);
  onTestFinished(async () => {
    await kept.leave();
    free.push(kept);
    expect(complaints).toEqual([]);
  });
  return kept.page;
}
