import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';

const PACKAGE = join(import.meta.dirname, '../../..');

/** The page, built as it is now. */
export default async function provide(): Promise<void> {
  if (!isBuilt()) await execa('pnpm', ['exec', 'vite', 'build'], { cwd: PACKAGE });
}

/** Whether the page is newer than everything that it is built of. */
function isBuilt(): boolean {
  const built = statSync(join(PACKAGE, 'dist/page/page.js'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = globSync(['src/**/*.{ts,tsx,css}', 'vite.config.ts'], { cwd: PACKAGE });
  return sources.every((file) => statSync(join(PACKAGE, file)).mtimeMs < built);
}
