import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, expect, inject, onTestFinished } from 'vitest';

let connected: Promise<Browser> | undefined;

/** The Chromium of all tests; each file has a connection of its own. */
function browser(): Promise<Browser> {
  connected ??= chromium.connect(inject('chromium'));
  return connected;
}

afterAll(async () => (await connected)?.close());

/** What a page did that none may. */
interface Watched {
  page: Page;
  /** Errors of scripts, what the console complains of, what a policy forbade, and requests that left the page's own origin. */
  complaints: string[];
}

/**
 * A page of a context of its own, opened at an address. When the test ends it must have done nothing that it may not: no
 * error, no violation of its policy, no request to anywhere else.
 */
export async function openPage(url: string, options: BrowserContextOptions = {}): Promise<Page> {
  const { page, complaints } = await watchedPage(url, options);
  onTestFinished(() => expect(complaints).toEqual([]));
  return page;
}

/** The same for a test that looks at the complaints itself. */
export async function watchedPage(url: string, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await (await browser()).newContext({ reducedMotion: 'reduce', ...options });
  onTestFinished(() => context.close());
  const complaints: string[] = [];
  const page = await context.newPage();
  await page.exposeFunction('complain', (text: string) => complaints.push(text));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) => {
      const { complain } = globalThis as unknown as { complain: (text: string) => void };
      complain(`policy: ${violatedDirective} ${blockedURI} ${sample}`);
    });
  });
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`console: ${message.text()}`);
  });
  const { origin, protocol } = new URL(url);
  const isOwn = (address: string) => (protocol === 'file:' ? address === url : new URL(address).origin === origin);
  page.on('request', (request) => {
    const address = request.url().replace(/#.*/s, '');
    if (!address.startsWith('data:') && !isOwn(address)) complaints.push(`request: ${address}`);
  });
  await page.goto(url);
  return { page, complaints };
}
