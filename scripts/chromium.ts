import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { installFromDebian, whyNotInstalled } from './debian.ts';

// Chromium for the tests of the viewer's page: the machine's own, or, in CI on a Debian that is ours to change, that of Debian.

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The program; null where there is none. `RLM_TEST_CHROMIUM` names one that is not on PATH. */
export async function findChromium(): Promise<string | null> {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const paths = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  for (const path of [process.env.RLM_TEST_CHROMIUM, ...paths]) {
    const isThere =
      path &&
      (await access(path, constants.X_OK).then(
        () => true,
        () => false,
      ));
    if (path && isThere) return path;
  }
  return null;
}

/** Why there is no Chromium, once it was installed where that may be; null when there is one. Never rejects. */
export async function provideChromium(): Promise<string | null> {
  if ((await findChromium()) !== null) return null;
  const missing = whyNotInstalled();
  if (missing !== null) return `Chromium is not on PATH: install it. ${missing}`;
  try {
    await installFromDebian(['chromium']);
    return (await findChromium()) === null ? 'Debian has installed no Chromium.' : null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
