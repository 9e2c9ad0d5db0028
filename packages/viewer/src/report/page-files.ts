import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** The page as it was built: one script, one style sheet. */
export interface PageFiles {
  script: string;
  style: string;
}

// As a bundle, `index.mjs` is beside it; as sources, it is where the build puts it.
const FOLDERS = ['./page/', '../../dist/page/'];

/** @throws {Error} (as a rejection) when it is not there: it was never built, or a bundler took the sources without it. */
export async function readPageFiles(folders: readonly string[] = FOLDERS): Promise<PageFiles> {
  for (const folder of folders) {
    const read = (name: string) => readFile(fileURLToPath(new URL(folder + name, import.meta.url)), 'utf8');
    const files = await Promise.all([read('page.js'), read('page.css')]).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return null;
    });
    if (files !== null) return { script: files[0], style: files[1] };
  }
  throw new Error(
    'The page of the viewer is not there. In a checkout, pnpm --filter @rlm-bridge/viewer build makes it; a bundler leaves @rlm-bridge/viewer outside of the bundle.',
  );
}

/**
 * That the page is there, for whoever writes a report or serves one after something that costs.
 * @throws {Error} (as a rejection) when it is not: the message says what to do.
 */
export async function requirePage(): Promise<void> {
  await readPageFiles();
}
