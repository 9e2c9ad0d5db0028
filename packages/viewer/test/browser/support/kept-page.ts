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
  complaints: string[] = [];
  #isOwn = (_address: string) => false;
  #hasPermissions = false;

  private constructor(page: Page) {
    this.page = page;
  }

  static async of(browser: Browser): Promise<KeptPage> {
    const context = await browser.newContext({ reducedMotion: 'reduce', viewport: VIEWPORT });
    const kept = new KeptPage(await context.newPage());
    await kept.#watch();
    return kept;
  }

  /** Opens it at an address; what it does from now on that it may not is told in `complaints`, which are new ones. */
  async open(url: string, options: PageOptions = {}): Promise<void> {
    this.complaints = [];
    const { origin, protocol } = new URL(url);
    const [file] = url.split('#');
    this.#isOwn = (address) => (protocol === 'file:' ? address === file : new URL(address).origin === origin);
    await this.#prepare(options);
    await this.page.goto(url);
  }

  /** Goes to another place of what is open. */
  async turn(hash: string, options: PageOptions = {}): Promise<void> {
    await this.#prepare(options);
    await this.page.evaluate((hash) => {
      location.hash = hash;
    }, hash);
  }

  /** Ends what is shown, by itself: a document that the browser was told to leave would take its process with it. */
  async leave(): Promise<void> {
    await this.page.evaluate(() => location.replace('about:blank'));
    await this.page.waitForURL('about:blank');
  }

  async #prepare({ colorScheme = 'light', viewport = VIEWPORT, permissions = [] }: PageOptions): Promise<void> {
    const context = this.page.context();
    if (this.#hasPermissions) await context.clearPermissions();
    if (permissions.length > 0) await context.grantPermissions(permissions);
    this.#hasPermissions = permissions.length > 0;
    await this.page.setViewportSize(viewport);
    await this.page.emulateMedia({ colorScheme, media: null });
    await this.page.mouse.move(0, 0);
  }

  async #watch(): Promise<void> {
    const { page } = this;
    const complain = (text: string) => void this.complaints.push(text);
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
