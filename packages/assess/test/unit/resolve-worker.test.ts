import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { resolveWorker } from '../../src/evidence/resolve-worker.ts';
import { Repository, temporaryFolder } from '../support/repository.ts';

afterEach(() => vi.unstubAllEnvs());

/** A `gt` that knows two polecats, one of which has its work in the merge queue. */
const GT = `#!/bin/sh
case "$*" in
  "polecat list --json") echo '[{"rig":"red","name":"ada"},{"rig":"red","name":"bob"},{"rig":"blue","name":"bob"}]' ;;
  "polecat status red/ada --json") echo '{"clone_path":"/town/red/polecats/ada/red","state":"idle","branch":"main"}' ;;
  "polecat status blue/bob --json") echo '{"clone_path":"/town/blue/polecats/bob/blue","state":"working"}' ;;
  "mq list red --json") echo '[{"worker":"red/polecats/ada","branch":"polecat/ada/gt-1@2","target":"main"}]' ;;
  *) exit 1 ;;
esac
`;

async function installGt(): Promise<void> {
  const bin = await Repository.at(await temporaryFolder());
  await bin.write({ gt: GT });
  await chmod(join(bin.path, 'gt'), 0o755);
  vi.stubEnv('PATH', `${bin.path}:${process.env.PATH}`);
}

test('resolve is asked first, and what it does not know goes on', async () => {
  const { path: cwd } = await Repository.create();
  const resolve = (id: string) => (id === 'main' ? { files: ['x'] } : undefined);
  expect(await resolveWorker('main', { cwd, resolve })).toEqual({ id: 'main', files: ['x'] });
  const both = () => ({ files: ['x'], branch: 'main' });
  const error = await resolveWorker('main', { cwd, resolve: both }).catch((reason) => reason);
  expect(error.message).toContain('exactly one of worktree, branch, files, diff');
  await expect(resolveWorker('other', { cwd, resolve })).rejects.toMatchObject({ code: 'worker_not_found' });
});

test('Gas Town: finished work is its branch in the merge queue, work under way is the worktree', async () => {
  await installGt();
  const { path: cwd } = await Repository.create();
  expect(await resolveWorker('ada', { cwd })).toEqual({
    id: 'ada',
    branch: 'polecat/ada/gt-1@2',
    repository: '/town/red/polecats/ada/red',
    base: 'main',
  });
  expect(await resolveWorker('blue/bob', { cwd })).toEqual({
    id: 'blue/bob',
    worktree: '/town/blue/polecats/bob/blue',
  });
});

test('Gas Town: a name that two rigs have is an error that lists both', async () => {
  await installGt();
  const { path: cwd } = await Repository.create();
  const error = await resolveWorker('bob', { cwd }).catch((reason) => reason);
  expect(error).toMatchObject({ code: 'worker_ambiguous', message: expect.stringContaining('red/bob, blue/bob') });
});

test('Gas Town without gt: worktrees are looked for where they are put', async () => {
  const town = await Repository.at(await temporaryFolder());
  await town.write({ 'red/polecats/ada/red/file': '', 'blue/polecats/old/file': '' });
  vi.stubEnv('GT_ROOT', town.path);
  const cwd = await temporaryFolder();
  expect((await resolveWorker('ada', { cwd })).worktree).toBe(join(town.path, 'red/polecats/ada/red'));
  expect((await resolveWorker('blue/old', { cwd })).worktree).toBe(join(town.path, 'blue/polecats/old'));
  await expect(resolveWorker('red/../../etc', { cwd })).rejects.toMatchObject({ code: 'worker_not_found' });
});

test('a git worktree by the name of its folder, then a branch by its whole name', async () => {
  const repository = await Repository.create();
  await repository.branch('polecat/docs', { 'a.txt': 'a\n' });
  const linked = join(await temporaryFolder(), 'auth');
  await repository.git('worktree', 'add', '-q', '-b', 'any', linked);
  const cwd = repository.path;
  expect((await resolveWorker('auth', { cwd })).worktree).toMatch(/\/auth$/);
  const commit = await repository.git('rev-parse', 'polecat/docs');
  expect(await resolveWorker('polecat/docs', { cwd })).toEqual({ id: 'polecat/docs', branch: commit, repository: cwd });
  await expect(resolveWorker('docs', { cwd })).rejects.toMatchObject({ code: 'worker_not_found' });
});
