import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { assessWorkers, WorkBase } from '../../src/index.ts';
import { documentOf, evidenceOf, shownLines } from '../support/evidence.ts';
import { gitProcessesOf } from '../support/git-count.ts';
import { Repository } from '../support/repository.ts';

// How often git is started does not depend on how much there is to judge.

/** A repository with so many commits of so many files each, every one of which git has to compare. */
async function history(commits: number, files: number): Promise<Repository> {
  const block = (n: number) => `if (${n}) {\n  go();\n}\n`;
  const text = (commit: number) => Array.from({ length: 6 }, (_, n) => block((n * commit) % 7)).join('');
  const names = Array.from({ length: files }, (_, n) => `src/${n}.ts`);
  const repository = await Repository.create(Object.fromEntries(names.map((name) => [name, text(1)])));
  await repository.begin('work');
  for (let n = 2; n < commits + 2; n++) {
    await repository.add(`Step ${n}`, Object.fromEntries(names.map((name) => [name, text(n)])));
  }
  return repository;
}

/**
 * How many commits of how many files: of the many the base is far enough to be searched for, and what they say to be asked for,
 * by one process each.
 */
const FEW = [1, 1] as const;
const MANY = [9, 40] as const;

test('evidence starts git as often for many commits of many files as for one commit of one file', async () => {
  const counts: number[][] = [];
  for (const [commits, files] of [FEW, MANY]) {
    const { path } = await history(commits, files);
    const read = (spec: object) => async () => {
      const evidence = await evidenceOf({ ...spec, base: 'main' });
      expect(documentOf(evidence, 'evidence:commits').facts).toEqual([commits === 1 ? '1 commit' : '9 commits']);
      expect(shownLines(documentOf(evidence, 'src/0.ts')).some((line) => line.startsWith('+'))).toBe(true);
    };
    counts.push([
      await gitProcessesOf(read({ branch: 'work', repository: path })),
      await gitProcessesOf(read({ worktree: path })),
    ]);
  }
  expect(counts).toEqual([
    [3, 5],
    [5, 7],
  ]);
});

test('what is not committed, where nothing else is, is found without a comparison by git', async () => {
  const repository = await Repository.create({ 'a.txt': 'one\n', 'b.txt': 'two\n', 'c.txt': 'three\n' });
  const read = async () => {
    const { documents } = await evidenceOf({ worktree: repository.path, base: 'main' });
    return documents.filter(({ kind }) => kind === 'file').map(({ name, facts }) => [name, facts[0]]);
  };
  await repository.write({ 'a.txt': 'changed\n', 'b.txt': 'changed\n' });
  await rm(join(repository.path, 'c.txt'));
  const expected = [
    ['a.txt', 'modified'],
    ['b.txt', 'modified'],
    ['c.txt', 'deleted'],
  ];
  // Where the work tree is, objects, the index, and settings and attributes of what differs.
  expect(await gitProcessesOf(async () => expect(await read()).toEqual(expected))).toBe(5);
});

test('new files, in however many folders, are found beside what is committed without a process more', async () => {
  const { path } = await history(...FEW);
  const read = async () => {
    const { documents } = await evidenceOf({ worktree: path, base: 'main' });
    return documents.filter(({ kind }) => kind === 'file').map(({ name }) => name);
  };
  const committed = await gitProcessesOf(read);
  await (await Repository.at(path)).write({ 'src/a.ts': 'a\n', 'src/deep/b.ts': 'b\n', 'src/deep/er/c.ts': 'c\n' });
  const all = await gitProcessesOf(async () => {
    expect(await read()).toEqual(['src/0.ts', 'src/a.ts', 'src/deep/b.ts', 'src/deep/er/c.ts']);
  });
  expect(all).toBe(committed);
});

test('the policy that a work touches, and its renames, are of what git said for the evidence', async () => {
  const { path } = await history(...FEW);
  const spec = { id: 'work', worktree: path, base: 'main' };
  const alone = await gitProcessesOf(() => evidenceOf(spec));
  const assessed = await gitProcessesOf(async () => {
    const options = { policyFiles: ['src/*'], gate: { baseline: ['x'] }, judge: { backend: 'offline' as const } };
    const { workers } = await assessWorkers([spec], options);
    expect(workers).toMatchObject([{ policyChanges: ['src/0.ts'], error: { code: 'no_model' } }]);
  });
  expect(assessed).toBe(alone);
});

test('a work whose base was opened, and read, is judged without being opened again', async () => {
  const { path } = await history(...FEW);
  const spec = { id: 'work', worktree: path, base: 'main' };
  const alone = await gitProcessesOf(() => evidenceOf(spec));
  const assessed = await gitProcessesOf(async () => {
    const base = await WorkBase.of(spec, {});
    expect(await base?.readFirst(['none', 'src/none.ts', 'src/0.ts'])).toMatchObject({ path: 'src/0.ts' });
    const { workers } = await assessWorkers(base === null ? [] : [base], { judge: { backend: 'offline' } });
    expect(workers).toMatchObject([{ workerId: 'work', provenance: { path }, error: { code: 'no_model' } }]);
  });
  expect(assessed).toBe(alone);
});
