import { type Browser, chromium } from 'playwright-core';
import { findChromium } from '../../../../../scripts/chromium.ts';

/** Lists below the address bar: pages of Chromium's own, which each window would load in a process of theirs. */
const LISTS = ['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup'];

/** What Playwright has Chromium leave out: of two such lists Chromium takes the last one. */
const PLAYWRIGHTS = [
  'AimEnabled',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsFirstBalancedModeAutoEnable',
  'HttpsUpgrades',
  'LensOverlay',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PaintHolding',
  'PreconnectToSearch',
  'ThirdPartyStoragePartitioning',
];

const ARGS = [
  // One site is shown: no process is kept ready for another one, which each page that is opened would begin anew.
  '--disable-site-isolation-trials',
  `--disable-features=${[...PLAYWRIGHTS, ...LISTS].join(',')}`,
];

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
  return await chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0, args: ARGS });
}
