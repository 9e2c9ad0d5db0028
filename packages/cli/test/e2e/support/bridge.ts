import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Repository } from '../../../../assess/test/support/repository.ts';
import { ROOT } from './recipes.ts';

/** rlm-bridge at a commit, with the recipes of this checkout and an installer of the test's own. */
export async function bridge(installer: string): Promise<{ path: string; commit: string }> {
  const repository = await Repository.create({ 'README.md': 'rlm-bridge\n' });
  const commit = await repository.commit('The gate', {
    'gate/rlm-assess.sh': await readFile(join(ROOT, 'gate/rlm-assess.sh')),
    'gate/install': installer,
  });
  return { path: repository.path, commit };
}
