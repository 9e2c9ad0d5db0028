import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CommitTree } from '../../src/evidence/commit-tree.ts';
import { Git } from '../../src/evidence/git.ts';
import { keyOf, readTree } from '../../src/evidence/git-entries.ts';
import { PlainObjects } from '../support/plain-objects.ts';
import { PROJECT } from '../support/real-sources.ts';
import { Repository } from '../support/repository.ts';

const NAMES = ['a', 'a.b/c', 'a-b', 'ab/c/d', 'ab/c.d', 'ä/ö', 'odd "n"\n/x', 'z/y/x/w'];

test.each([
  ['odd names', async () => Repository.create(Object.fromEntries(NAMES.map((name) => [name, name])))],
  ['this repository', async () => Repository.at(PROJECT)],
])('every file of a commit is found by its path as git lists it: %s', async (_, make) => {
  const repository = await make();
  const git = new Git(repository.path);
  const listed = await readTree(git, 'HEAD');
  expect(listed.size).toBeGreaterThanOrEqual(NAMES.length);
  const found = await new CommitTree(git, await repository.git('rev-parse', 'HEAD')).entriesAt(listed.keys());
  expect([...found].sort()).toEqual([...listed].map(([key, { mode, blob }]) => [key, { mode, id: blob }]).sort());
});

test('nothing is at a path that a commit has not, below a file, or of a folder with its slash; folders are said to be some', async () => {
  const repository = await Repository.create({ 'a/b/c.txt': 'c\n' });
  const tree = new CommitTree(new Git(repository.path), repository.head);
  const asked = ['a/b', 'a/c.txt', 'a/b/c.txt/d', 'a/b/', 'b', '', '/a', 'a//b', 'A'];
  expect([...(await tree.entriesAt(asked))]).toEqual([['a/b', { mode: '40000', id: expect.any(String) }]]);
});

test('permissions that git does not tell apart, which old repositories have, are those that it shows', async () => {
  const repository = await Repository.create();
  const cwd = repository.path;
  const blob = await repository.git('rev-parse', 'HEAD:a.txt');
  const modes = ['100664', '100600', '100775', '100644', '100755', '120000'];
  const entries = modes.toSorted().flatMap((mode) => [Buffer.from(`${mode} ${mode}\0`), Buffer.from(blob, 'hex')]);
  const tree = new PlainObjects(join(cwd, '.git/objects')).put('tree', Buffer.concat(entries));
  const commit = await repository.git('commit-tree', '-m', 'Old', tree);
  const git = new Git(cwd);
  const found = await new CommitTree(git, commit).entriesAt(modes.map((mode) => keyOf(Buffer.from(mode))));
  const shown = Object.fromEntries([...found].map(([key, { mode }]) => [key, mode]));
  expect(shown).toEqual({
    ...{ '100664': '100644', '100600': '100644', '100775': '100755' },
    ...{ '100644': '100644', '100755': '100755', '120000': '120000' },
  });
  expect([...(await readTree(git, commit)).values()].map(({ mode }) => mode).sort()).toEqual(
    Object.values(shown).sort(),
  );
});
