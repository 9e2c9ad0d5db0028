import type { Browser, Page } from 'playwright-core';

/** What a test has a page opened with. */
export interface PageOptions {
  colorScheme?: 'light' | 'dark';
  viewport?: { width: number; height: number };
  permissions?: string[];
}

const VIEWPORT = { width: 1280, height: 720 };

/** A page that one test has after another, as a new one costs Chromium a second: it starts three processes. */
export class KeptPage {
  readonly page: Page;
  /** Errors of scripts, what the console complains of, what a policy forbade, and requests that left the page's own origin. */
  #complaints: string[] = [];
  #isOwn = (_address: string) => false;

  private constructor(page: Page) {
    this.page = page;
  }

  static async of(browser: Browser): Promise<KeptPage> {
    const context = await browser.newContext({ reducedMotion: 'reduce', viewport: VIEWPORT });
    const kept = new KeptPage(await context.newPage());
    await kept.#watch();
    return kept;
  }

  /** Opens it at an address; what it does from now on that it may not is told. */
  async open(url: string, { colorScheme = 'light', viewport = VIEWPORT, permissions = [] }: PageOptions) {
    const complaints: string[] = [];
    this.#complaints = complaints;
    const { origin, protocol } = new URL(url);
    const [file] = url.split('#');
    this.#isOwn = (address) => (protocol === 'file:' ? address === file : new URL(address).origin === origin);
    await this.page.context().grantPermissions(permissions);
    await this.page.setViewportSize(viewport);
    await this.page.emulateMedia({ colorScheme, media: null });
    await this.page.mouse.move(0, 0);
    await this.page.goto(url);
    return complaints;
  }

  /** Ends what is shown, by itself: a document that the browser was told to leave would take its process with it. */
  async leave(): Promise<void> {
    await this.page.evaluate(() => location.replace('about:blank'));
    await this.page.waitForURL('about:blank');
    await this.page.context().clearPermissions();
  }

  async #watch(): Promise<void> {
    const { page } = this;
    const complain = (text: string) => void this.#complaints.push(text);
    await page.exposeFunction('complain', complain);
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) => {
        const { complain } = globalThis as unknown as { complain: (text: string) => void };
        complain(`policy: ${violatedDirective} ${blockedURI} ${sample}`);
      });
    });
    page.on('pageerror', (error) => complain(`error: ${error.message}`));
    page.on('dialog', (dialog) => {
      complain(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complain(`console: ${message.text()}`);
    });
    page.on('request', (request) => {
      const address = request.url().replace(/#.*/s, '');
      if (!address.startsWith('data:') && !this.#isOwn(address)) complain(`request: ${address}`);
    });
  }
}
