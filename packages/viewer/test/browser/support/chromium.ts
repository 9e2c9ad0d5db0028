import { type Browser, chromium } from 'playwright-core';
import { findChromium } from '../../../../../scripts/chromium.ts';

let launched: Promise<Browser> | undefined;

/** The Chromium of all tests of a process. It ends with it. */
export function browser(): Promise<Browser> {
  launched ??= launch();
  return launched;
}

async function launch(): Promise<Browser> {
  const executablePath = await findChromium();
  if (executablePath === null) throw new Error('There is no Chromium: install it, or name it in RLM_TEST_CHROMIUM.');
  // Root's Chromium starts without its sandbox alone; what it opens is ours.
  return await chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
}
