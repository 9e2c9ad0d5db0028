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

/** A page that is open, and what it did that it may not. */
export interface OpenedPage {
  page: Page;
  complaints: string[];
  leave(): Promise<void>;
}

/** A page, opened at an address, until it is left. */
export async function openUntilLeft(url: string, options: PageOptions = {}): Promise<OpenedPage> {
  const kept = free.pop() ?? (await KeptPage.of(await browser()));
  const complaints = await kept.open(url, options);
  const leave = async () => {
    await kept.leave();
    free.push(kept);
  };
  return { page: kept.page, complaints, leave };
}

/**
 * A page, opened at an address. When the test ends it must have done nothing that it may not: no
 * error, no violation of its policy, no request to anywhere else.
 */
export async function openPage(url: string, options: PageOptions = {}): Promise<Page> {
  const { page, complaints, leave } = await openUntilLeft(url, options);
  onTestFinished(async () => {
    await leave();
    expect(complaints).toEqual([]);
  });
  return page;
}
