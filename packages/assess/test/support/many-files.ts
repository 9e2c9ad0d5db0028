import { readFile } from 'node:fs/promises';
import { glob } from 'tinyglobby';
import { PROJECT } from './real-sources.ts';
import { Repository } from './repository.ts';

/** Real sources of the project, so many of them, by their names: of ordinary sizes, as they come. */
export async function manyFiles(count: number): Promise<Record<string, string>> {
  const names = await glob(['packages/*/{src,test}/**/*.ts', 'python/{src,tests}/**/*.py'], { cwd: PROJECT });
  const files: Record<string, string> = {};
  for (const name of names.toSorted()) {
    const text = await readFile(`${PROJECT}/${name}`, 'utf8');
    if (text.length > 1_000) files[name] = text;
    if (Object.keys(files).length === count) break;
  }
  return files;
}

/** A repository whose branch `work` brings these files in, checked out. */
export async function workOf(files: Record<string, string>): Promise<Repository> {
  return await Repository.create({ 'README.md': 'Before.\n' }, { work: files }, 'work');
}
