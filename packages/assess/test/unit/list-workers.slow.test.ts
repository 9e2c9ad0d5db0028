import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { resolveWorker } from '../../src/evidence/resolve-worker.ts';
import { type ListedWorker, listWorkers } from '../../src/index.ts';
import { installTown } from '../support/gas-town.ts';
import { Repository, temporaryFolder } from '../support/repository.ts';

// What could be judged, by ids that mean it.

const shortly = ({ id, kind, commits, uncommitted, reason }: ListedWorker) => [id, kind, commits, uncommitted, reason];

/** A repository with a branch that has something, one that has nothing, and what `more` makes of it. */
async function project() {
  const repository = await Repository.create();
  await repository.branch('auth', { 'auth.js': 'auth();\n' });
  repository.point('idle');
  return repository;
}

test('branches with their commits since the base; one without any, and the base itself, have nothing', async () => {
  const repository = await project();
  const listed = await listWorkers({ cwd: repository.path, base: 'main' });
  const nothing = 'nothing since its base';
  expect(listed.map(shortly)).toEqual([
    [basename(repository.path), 'worktree', 0, false, nothing],
    ['auth', 'branch', 1, null, null],
    ['idle', 'branch', 0, null, nothing],
  ]);
  expect(listed[1]?.spec).toEqual({ id: 'auth', branch: 'refs/heads/auth', repository: repository.path });
});

test('work trees, also where Codex and vibe-kanban put them: each by an id that resolves to it, its branch not beside it', async () => {
  const repository = await project();
  const elsewhere = await temporaryFolder();
  const name = basename(repository.path);
  await repository.git('worktree', 'add', '-q', join(elsewhere, 'a1b2', name), 'auth');
  await repository.git('worktree', 'add', '-q', '-b', 'vk/c3d4', join(elsewhere, 'c3d4-fix', name), 'main');
  await repository.git('worktree', 'add', '-q', '--detach', join(elsewhere, 'plain'), 'main');
  const other = await Repository.at(join(elsewhere, 'c3d4-fix', name));
  await other.write({ 'new.js': 'new();\n' });
  const listed = await listWorkers({ cwd: repository.path, base: 'main' });
  expect(listed.map(shortly)).toEqual([
    // Every one of them is called after the repository.
    [repository.path, 'worktree', 0, false, 'nothing since its base'],
    ['a1b2', 'worktree', 1, false, null],
    ['c3d4-fix', 'worktree', 0, true, null],
    ['plain', 'worktree', 0, false, 'nothing since its base'],
    ['idle', 'branch', 0, null, 'nothing since its base'],
  ]);
  for (const { id, spec } of listed) {
    const resolved = await resolveWorker(id, { cwd: repository.path });
    expect(resolved.worktree ?? resolved.branch).toBe(spec.worktree ?? spec.branch);
  }
});

test('an id that means two things is none: both have their whole names', async () => {
  const repository = await project();
  const tree = join(await temporaryFolder(), 'auth');
  await repository.git('worktree', 'add', '-q', '--detach', tree, 'main');
  const listed = await listWorkers({ cwd: repository.path, base: 'main' });
  expect(listed.map(({ id }) => id)).toEqual([basename(repository.path), tree, 'refs/heads/auth', 'idle']);
});

test('a work tree that is gone from disk is none', async () => {
  const repository = await project();
  const tree = join(await temporaryFolder(), 'gone');
  await repository.git('worktree', 'add', '-q', '--detach', tree, 'main');
  await rm(tree, { recursive: true });
  expect((await listWorkers({ cwd: repository.path })).map(({ id }) => id)).not.toContain('gone');
});

test('transcripts are listed, and are no work alone', async () => {
  const repository = await project();
  await repository.write({ 'out/worker1.output': 'Done.\n', 'out/notes.txt': 'x\n' });
  const listed = await listWorkers({ cwd: repository.path, outputDir: 'out' });
  expect(listed.filter(({ kind }) => kind === 'transcript').map(({ id, reason }) => [id, reason])).toEqual([
    ['worker1', 'a transcript alone is a claim, and no work'],
  ]);
});

test('polecats of a town, with gt and without', async () => {
  const repository = await project();
  await repository.git('checkout', '-q', 'auth');
  const polecats = { 'rig/nux': { state: 'working', clone_path: repository.path, branch: 'auth' } };
  const town = await installTown({ polecats });
  const listed = await listWorkers({ cwd: town, base: 'main' });
  expect(listed.map(shortly)).toEqual([['rig/nux', 'polecat', 1, null, null]]);
  expect(listed[0]?.spec).toMatchObject({ id: 'rig/nux', worktree: repository.path });

  vi.stubEnv('PATH', (process.env.PATH ?? '').split(':').slice(1).join(':'));
  const without = await Repository.at(join(town, 'rig', 'polecats', 'slit'));
  await without.write({ '.keep': '' });
  const [polecat] = await listWorkers({ cwd: town, base: 'main' });
  expect(polecat).toMatchObject({ id: 'rig/slit', kind: 'polecat', head: null });
  expect(polecat?.reason).toContain('cannot be read');
});

test('outside of a repository there is nothing', async () => {
  expect(await listWorkers({ cwd: await temporaryFolder() })).toEqual([]);
});
