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

/** What planted faults hold: a change of a file that speaks of them would not be clean. */
const FAULTS = /AKIA|sk_live_|ghp_|postgres:\/\/service|backup\.tgz/;

let made: Promise<Repository> | undefined;

/** A repository with a part of this project's own sources, and their tests: one for the tests of a file, which only read it. */
export function projectSources(): Promise<Repository> {
  made ??= commitSources();
  return made;
}

async function commitSources(): Promise<Repository> {
  const names = await glob(SOURCES, { cwd: PROJECT, ignore: ['**/_generated/**'] });
  const read = names.map(async (name) => [name, await readFile(join(PROJECT, name), 'utf8')] as const);
  const files = Object.fromEntries((await Promise.all(read)).filter(([, text]) => !FAULTS.test(text)));
  return await Repository.createAt(await mkdtemp(join(tmpdir(), 'rlm-assess-')), files);
}
