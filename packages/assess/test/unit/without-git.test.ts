import { chmod, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commitsDocument } from '../../src/evidence/commits.ts';
import { Git } from '../../src/evidence/git.ts';
import { changesBetween, changesOfWorkTree } from '../../src/evidence/git-changes.ts';
import { findNamedRange } from '../../src/evidence/git-range.ts';
import { Pace } from '../../src/evidence/pace.ts';
import { plainChanges } from '../../src/evidence/plain-changes.ts';
import { treeChanges } from '../../src/evidence/tree-changes.ts';
import { TreeObjects } from '../../src/evidence/tree-objects.ts';
import { OpenWorkTree } from '../../src/evidence/work-tree-changes.ts';
import { gitProcessesOf } from '../support/git-count.ts';
import { FOR_GIT, historyOf, PLAIN } from '../support/odd-history.ts';
import { PlainObjects } from '../support/plain-objects.ts';
import { Repository } from '../support/repository.ts';

// What is read of git's objects, and no command of git is asked for, is what that command says.

/** The commits of a work as they are told, and as git tells them, and how often it was started for the former. */
async function commitsOf({ path }: Repository) {
  const git = new Git(path);
  const found = await findNamedRange(git, 'refs/heads/work', 'main');
  const tell = (one: typeof found) => commitsDocument(git, one, new TreeObjects(git, found.trees));
  let told: unknown;
  git.keep();
  const starts = await gitProcessesOf(async () => {
    told = await tell(found);
  });
  git.end();
  return { told, starts, logged: await tell({ ...found, line: null }) };
}

test('commits are told as git log does, by one process for all objects: messages, names and paths of all kinds', async () => {
  const { told, starts, logged } = await commitsOf(await historyOf(PLAIN));
  expect(logged?.facts).toEqual(['7 commits']);
  expect(told).toEqual(logged);
  expect(starts).toBe(1);
});

test.each(FOR_GIT.map((step) => [step.what, step] as const))('git log tells of a commit with %s', async (_, step) => {
  const { told, starts, logged } = await commitsOf(await historyOf([...PLAIN.slice(0, 1), step]));
  expect(logged?.facts).toEqual(['2 commits']);
  expect(told).toEqual(logged);
  expect(starts).toBe(2);
});

test('what differs between commits is what git diff-tree says; of what may be renamed, and of submodules, it is asked', async () => {
  const repository = await historyOf([...PLAIN, ...FOR_GIT.slice(2)]);
  const git = new Git(repository.path);
  const ids = (await repository.git('rev-list', '--reverse', 'work')).split('\n');
  const isTold: boolean[] = [];
  for (const [before = '', after = ''] of ids.map((id, at) => [id, ids[at + 1] ?? ids[0]])) {
    const folders = new TreeObjects(git);
    const told = plainChanges(await treeChanges(folders, folders.rootOf(before), folders.rootOf(after), new Pace()));
    if (told !== null) expect(told).toEqual(await changesBetween(git, before, after));
    isTold.push(told !== null);
  }
  // A file that becomes a folder is deleted, and another one added; the last one takes all back.
  expect(isTold).toEqual([true, true, true, true, true, false, false, false, false]);
});

/** What of a change git says, and not what is known besides. */
const said = (changes: readonly { before: unknown; after: unknown; status: string }[]) =>
  JSON.parse(JSON.stringify(changes));

test('what differs between a commit and the work tree is what git diff says', async () => {
  const files = Object.fromEntries(
    ['same', 'edited', 'staged', 'both', 'back', 'mode', 'link', 'in/a', 'in/b'].map((name) => [
      name,
      `${name} before\n`,
    ]),
  );
  const repository = await Repository.create(files);
  const { path } = repository;
  await repository.begin('work');
  await repository.add('Work', { 'in/a': 'committed\n', 'committed/new': 'new\n', both: 'committed\n' });
  await repository.write({ staged: 'staged\n', 'staged.new': 'new\n', back: 'staged\n', both: 'staged\n' });
  await repository.git('add', '-A');
  await repository.write({
    edited: 'edited\n',
    back: 'back before\n',
    both: 'on disk\n',
    untracked: 'untracked\n',
    meant: '',
  });
  await repository.git('add', '-N', 'meant');
  await repository.write({ meant: 'to be added\n' });
  await chmod(join(path, 'mode'), 0o755);
  await rm(join(path, 'link'));
  await symlink('same', join(path, 'link'));
  const git = new Git(path);
  git.keep();
  const tell = async (commit: string) => said(await (await OpenWorkTree.open(git)).reportedSince(commit));
  const main = await repository.git('rev-parse', 'main');
  const told = await tell(main);
  const names = ['both', 'committed/new', 'edited', 'in/a', 'link', 'meant', 'mode', 'staged', 'staged.new'];
  expect(told.map(({ name }: { name: string }) => name)).toEqual(names);
  const diff = said(await changesOfWorkTree(git, main));
  expect(told).toMatchObject(diff);
  expect(told).toHaveLength(diff.length);
  // The index, settings and attributes.
  expect(await gitProcessesOf(() => tell(main))).toBe(3);
  await rm(join(path, 'in/b'));
  expect(await tell(main)).toEqual(said(await changesOfWorkTree(git, main)));
  git.end();
});

test('a folder that names a file twice, of which one would hide the other, is refused', async () => {
  const { path } = await Repository.create({ f: 'good();\n', g: 'evil();\n' });
  const git = new Git(path);
  const [{ bytes } = { bytes: Buffer.alloc(0) }] = await git.objects(['HEAD^{tree}']);
  const twice = Buffer.from(bytes.toString('latin1').replace('100644 g\0', '100644 f\0'), 'latin1');
  const tree = new PlainObjects(join(path, '.git/objects')).put('tree', twice);
  const asked = treeChanges(new TreeObjects(git), 'HEAD^{tree}', tree, new Pace());
  await expect(asked).rejects.toMatchObject({
    code: 'evidence_unreadable',
    message: expect.stringContaining('a name twice'),
  });
});
