import { expect, test } from 'vitest';
import { Git } from '../../src/evidence/git.ts';
import { readTree } from '../../src/evidence/git-entries.ts';
import { Pace } from '../../src/evidence/pace.ts';
import { treeId } from '../../src/evidence/tree-id.ts';
import { PROJECT } from '../support/real-sources.ts';
import { Repository } from '../support/repository.ts';

const NAMES = ['a', 'a.b/c', 'a-b', 'ab/c/d', 'ab/c.d', 'ab-c/d', 'ab0', 'ä/ö', 'odd "n"\n/x', 'z/y/x/w'];

test.each([
  [
    'names that sort by what stands behind a folder',
    async () => Repository.create(Object.fromEntries(NAMES.map((name) => [name, name]))),
  ],
  ['this repository', async () => Repository.at(PROJECT)],
])('the tree of files has the id that git gives it: %s', async (_, make) => {
  const repository = await make();
  const files = [...(await readTree(new Git(repository.path), 'HEAD')).values()];
  expect(files.length).toBeGreaterThanOrEqual(NAMES.length);
  expect(await treeId(files, 40, new Pace())).toBe(await repository.git('rev-parse', 'HEAD^{tree}'));
  const other = files.map((file, at) => (at === 3 ? { ...file, mode: '100755' } : file));
  expect(await treeId(other, 40, new Pace())).not.toBe(await treeId(files, 40, new Pace()));
});
