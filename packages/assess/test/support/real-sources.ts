import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { glob } from 'tinyglobby';

/** The folder of the project. */
export const PROJECT = fileURLToPath(new URL('../../../../', import.meta.url));
export const FILES = 38;
export const CHARS = 405_000;

/** The project's own largest sources, 38 of them and 405,000 characters or more. */
export async function realSources(): Promise<string[]> {
  const names = await glob(['packages/*/{src,test}/**/*.ts', 'python/{src,tests}/**/*.py', 'docs/*.md'], {
    cwd: PROJECT,
  });
  const read = await Promise.all(
    names.map(async (name) => ({ name, chars: (await readFile(`${PROJECT}/${name}`, 'utf8')).length })),
  );
  return read
    .sort((a, b) => b.chars - a.chars || (a.name < b.name ? -1 : 1))
    .slice(0, FILES)
    .map(({ name }) => name);
}
