import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { installFromDebian, whyNotInstalled } from './debian.ts';

// Chromium for the tests of the viewer's page: the machine's own, or, in CI on a Debian that is ours to change, that of Debian.

/** Its renderer and its network, without windows and all that belongs to them: the tests take a sixth less time in it. */
const SHELLS = ['chromium-headless-shell', 'chrome-headless-shell'];
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The program, a shell where there is one; null where there is none. `RLM_TEST_CHROMIUM` names one that is not on PATH. */
export async function findChromium(): Promise<string | null> {
  return (await findShell()) ?? (await firstOf(onPath(BROWSERS)));
}

/** Why there is no Chromium, once a shell was installed where that may be; null when there is one. Never rejects. */
export async function provideChromium(): Promise<string | null> {
  if ((await findShell()) !== null) return null;
  const whyNoShell = whyNotInstalled() ?? (await installShell());
  if (whyNoShell === null || (await findChromium()) !== null) return null;
  return `Chromium is not on PATH: install it. ${whyNoShell}`;
}

/** What is named is taken, whatever it is. */
function findShell(): Promise<string | null> {
  return firstOf([process.env.RLM_TEST_CHROMIUM ?? '', ...onPath(SHELLS)]);
}

/** Why it could not be installed; null once it is. */
async function installShell(): Promise<string | null> {
  try {
    await installFromDebian(['chromium-headless-shell']);
    return (await findShell()) === null ? 'Debian has installed no shell of Chromium.' : null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function onPath(names: readonly string[]): string[] {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return names.flatMap((name) => folders.map((folder) => join(folder, name)));
}

async function firstOf(paths: readonly string[]): Promise<string | null> {
  for (const path of paths) {
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return null;
}
