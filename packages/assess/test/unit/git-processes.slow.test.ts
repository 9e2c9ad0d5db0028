import { expect, test } from 'vitest';
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
  await repository.git('checkout', '-q', '-b', 'work');
  for (let n = 2; n < commits + 2; n++) {
    await repository.commit(`Step ${n}`, Object.fromEntries(names.map((name) => [name, text(n)])));
  }
  return repository;
}

test.each([
  ['of a branch', { branch: 'work' }],
  ['of a work tree', {}],
])('evidence %s starts git as often for 12 commits of 40 files as for one commit of one file', async (_, of) => {
  const counts: number[] = [];
  for (const [commits, files] of [
    [1, 1],
    [12, 40],
  ] as const) {
    const { path } = await history(commits, files);
    const spec = 'branch' in of ? { ...of, repository: path } : { worktree: path };
    counts.push(
      await gitProcessesOf(async () => {
        const evidence = await evidenceOf({ ...spec, base: 'main' });
        expect(documentOf(evidence, 'evidence:commits').facts).toEqual([commits === 1 ? '1 commit' : '12 commits']);
        expect(shownLines(documentOf(evidence, 'src/0.ts')).some((line) => line.startsWith('+'))).toBe(true);
      }),
    );
  }
  expect(counts[0]).toBeGreaterThan(5);
  expect(counts[1]).toBe(counts[0]);
});
