import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { glob } from 'tinyglobby';
import { PROJECT } from './real-sources.ts';
import { Repository } from './repository.ts';

const SOURCES = [
  'packages/{assess,text,options,files}/{src,test}/**/*.ts',
  'python/src/rlm_worker/**/*.py',
  'python/tests/**/*.py',
];

let made: Promise<Repository> | undefined;

/** A repository with a part of this project's own sources, and their tests: one for the tests of a file, which only read it. */
export function projectSources(): Promise<Repository> {
  made ??= commitSources();
  return made;
}

async function commitSources(): Promise<Repository> {
  const repository = await Repository.at(await mkdtemp(join(tmpdir(), 'rlm-assess-')));
  const names = await glob(SOURCES, { cwd: PROJECT, ignore: ['**/_generated/**'] });
  for (const name of names) await repository.write({ [name]: await readFile(join(PROJECT, name), 'utf8') });
  await repository.git('init', '-q', '--template=', '-b', 'main');
  await repository.commit('Sources');
  return repository;
}
