import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { expect, inject, onTestFinished } from 'vitest';

let connected: Promise<Browser> | undefined;

/** By their options. Chromium starts processes for each context, and one test leaves nothing in it that another one meets. */
const contexts = new Map<string, Promise<BrowserContext>>();

/** The Chromium of all tests; each process of tests has one connection, which ends with it. */
function browser(): Promise<Browser> {
  connected ??= chromium.connect(inject('chromium'));
  return connected;
}

function contextWith(options: BrowserContextOptions): Promise<BrowserContext> {
  const key = JSON.stringify(options);
  const kept = contexts.get(key);
  if (kept !== undefined) return kept;
  const made = browser().then((chromium) => chromium.newContext({ reducedMotion: 'reduce', ...options }));
  contexts.set(key, made);
  return made;
}

/** What a page did that none may. */
interface Watched {
  page: Page;
  /** Errors of scripts, what the console complains of, what a policy forbade, and requests that left the page's own origin. */
  complaints: string[];
}

/**
 * A new page, opened at an address. When the test ends it must have done nothing that it may not: no
 * error, no violation of its policy, no request to anywhere else.
 */
export async function openPage(url: string, options: BrowserContextOptions = {}): Promise<Page> {
  const { page, complaints } = await watchedPage(url, options);
  onTestFinished(() => expect(complaints).toEqual([]));
  return page;
}

/** The same for a test that looks at the complaints itself. */
export async function watchedPage(url: string, options: BrowserContextOptions = {}): Promise<Watched> {
  const complaints: string[] = [];
  const page = await (await contextWith(options)).newPage();
  onTestFinished(() => page.close());
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
  const [file] = url.split('#');
  const isOwn = (address: string) => (protocol === 'file:' ? address === file : new URL(address).origin === origin);
  page.on('request', (request) => {
    const address = request.url().replace(/#.*/s, '');
    if (!address.startsWith('data:') && !isOwn(address)) complaints.push(`request: ${address}`);
  });
  await page.goto(url);
  return { page, complaints };
}
