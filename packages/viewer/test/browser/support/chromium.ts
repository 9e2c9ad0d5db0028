import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { chromium } from 'playwright-core';
import type { TestProject } from 'vitest/node';
import { findChromium } from '../../../../../scripts/chromium.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the Chromium of all tests listens. */
    chromium: string;
  }
}

const PACKAGE = join(import.meta.dirname, '../../..');

/** One site is shown: no process is kept ready for another one, which each page that is opened would begin anew. */
const ARGS = ['--disable-site-isolation-trials'];

/** One Chromium for all files of tests, and the page built as it is now. */
export default async function provide(project: TestProject): Promise<() => Promise<void>> {
  const executablePath = await findChromium();
  if (executablePath === null) throw new Error('There is no Chromium: install it, or name it in RLM_TEST_CHROMIUM.');
  if (!isBuilt()) await execa('pnpm', ['exec', 'vite', 'build'], { cwd: PACKAGE });
  // Root's Chromium starts without its sandbox alone; what it opens is ours.
  const server = await chromium.launchServer({ executablePath, chromiumSandbox: process.getuid?.() !== 0, args: ARGS });
  project.provide('chromium', server.wsEndpoint());
  return () => server.close();
}

/** Whether the page is newer than everything that it is built of. */
function isBuilt(): boolean {
  const built = statSync(join(PACKAGE, 'dist/page/page.js'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = globSync(['src/**/*.{ts,tsx,css}', 'vite.config.ts'], { cwd: PACKAGE });
  return sources.every((file) => statSync(join(PACKAGE, file)).mtimeMs < built);
}
