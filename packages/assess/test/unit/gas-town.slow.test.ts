import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { resolveWorker } from '../../src/evidence/resolve-worker.ts';
import { documentOf, evidenceOf, shownLines } from '../support/evidence.ts';
import { installTown, mergeRequest, type TownState } from '../support/gas-town.ts';
import { Repository, temporaryFolder } from '../support/repository.ts';

afterEach(() => vi.unstubAllEnvs());

const QUEUED = 'polecat/ada/gt-1@2';
const ADA = mergeRequest({ branch: QUEUED, target: 'main', source_issue: 'gt-1', rig: 'red', worker: 'ada' });

/** A repository with a fault in the branch that ada has queued, and a town in which it is her clone. */
async function town(state: string, branch: string, queue: object[] | null = [ADA], more: TownState['polecats'] = {}) {
  const branches = { [QUEUED]: { 'a.txt': 'the fault\n' }, next: { 'b.txt': 'something else\n' } };
  const clone = await Repository.create(undefined, branches, branch);
  const polecats = { 'red/ada': { state, clone_path: clone.path, branch }, ...more };
  return { clone, cwd: await installTown({ polecats, queues: { red: queue } }) };
}

test.each([
  ['is idle', 'idle', 'main'],
  ['is done, and still on its branch', 'done', QUEUED],
  ['works on, on the same branch', 'working', QUEUED],
])('a polecat that %s is judged by its branch in the merge queue', async (_, state, branch) => {
  const { cwd, clone } = await town(state, branch);
  expect(await resolveWorker('ada', { cwd })).toEqual({
    id: 'ada',
    branch: QUEUED,
    repository: clone.path,
    base: 'main',
  });
  const evidence = await evidenceOf('red/ada', { cwd });
  expect(shownLines(documentOf(evidence, 'a.txt')).at(-1)).toBe('+1 the fault');
  expect(evidence.provenance).toMatchObject({ source: 'branch', branch: `refs/heads/${QUEUED}` });
});

test('a polecat that has queued one thing and works on another is an error that lists both', async () => {
  const { cwd, clone } = await town('working', 'next');
  const error = await resolveWorker('ada', { cwd }).catch((reason) => reason);
  expect(error.code).toBe('worker_ambiguous');
  expect(error.message).toContain(`the branch ${QUEUED} of the polecat red/ada in the merge queue`);
  expect(error.message).toContain('the worktree of the polecat red/ada');
  expect((await resolveWorker('refs/heads/next', { cwd: clone.path })).branch).toBe('refs/heads/next');
});

test('a polecat with nothing in the queue is judged by its worktree', async () => {
  const { cwd, clone } = await town('working', 'next', null);
  expect(await resolveWorker('ada', { cwd })).toEqual({ id: 'ada', worktree: clone.path });
});

test('two queued branches of one polecat are an error that lists both', async () => {
  const other = mergeRequest({ branch: 'next', target: 'main', rig: 'red', worker: 'ada' });
  const { cwd } = await town('idle', 'main', [ADA, other]);
  const error = await resolveWorker('ada', { cwd }).catch((reason) => reason);
  expect(error.message).toMatch(new RegExp(`branch ${QUEUED} .* or the branch next `));
});

test.each([
  ['of another worker', mergeRequest({ branch: 'next', rig: 'red', worker: 'bob' })],
  ['of another rig: the store is shared', mergeRequest({ branch: 'next', rig: 'blue', worker: 'ada' })],
  ['that is closed', mergeRequest({ branch: 'next', rig: 'red', worker: 'ada' }, 'closed')],
  ['with other fields, in prose', mergeRequest({ prose: 'worker: ada\nThe branch next is nice.' })],
])('a merge request %s is none of the polecat', async (_, request) => {
  const { cwd } = await town('idle', 'main', [request, ADA]);
  expect((await resolveWorker('ada', { cwd })).branch).toBe(QUEUED);
});

test('names are told apart as Gas Town does, and a request without a worker is its branch name', async () => {
  const request = mergeRequest({ branch: QUEUED, Target: 'main', RIG: 'Red' });
  const { cwd } = await town('idle', 'main', [request]);
  expect(await resolveWorker('ada', { cwd })).toMatchObject({ branch: QUEUED, base: 'main' });
});

test('a name that two rigs have is an error that lists both', async () => {
  const bob = await Repository.create({ 'b.txt': 'of the other\n' });
  const more = { 'blue/ada': { state: 'working', clone_path: bob.path, branch: 'main' } };
  const { cwd } = await town('idle', 'main', [ADA], more);
  const error = await resolveWorker('ada', { cwd }).catch((reason) => reason);
  expect(error).toMatchObject({ code: 'worker_ambiguous', message: expect.stringContaining('polecat blue/ada') });
  expect((await resolveWorker('blue/ada', { cwd })).worktree).toBe(bob.path);
});

test('a zombie has no worktree, and is judged by what it has queued', async () => {
  const zombie = { state: 'zombie', clone_path: '', branch: '', zombie: true };
  const cwd = await installTown({ polecats: { 'red/ada': zombie }, queues: { red: [ADA] } });
  expect(await resolveWorker('ada', { cwd })).toMatchObject({
    branch: QUEUED,
    repository: join(cwd, 'red/refinery/rig'),
  });
});

test.each([
  ['fails', 'exit 1', /gt polecat list --all --json failed/],
  ['prints what is not JSON', 'echo hello', /printed what is not known here/],
  ['prints another shape', 'echo \'[{"worker":"ada"}]\'', /printed what is not known here/],
])('in a town, a gt that %s is an error: the work could be in its queue', async (_, script, message) => {
  const cwd = await installTown({ polecats: {} });
  const bin = await Repository.at(await temporaryFolder());
  await bin.write({ gt: `#!/bin/sh\n${script}\n` });
  const { chmod } = await import('node:fs/promises');
  await chmod(join(bin.path, 'gt'), 0o755);
  vi.stubEnv('PATH', `${bin.path}:${process.env.PATH}`);
  await expect(resolveWorker('ada', { cwd })).rejects.toMatchObject({
    code: 'evidence_unreadable',
    message: expect.stringMatching(message),
  });
  // Outside of a town it is another program of that name, and is not asked.
  const { path } = await Repository.create();
  await expect(resolveWorker('ada', { cwd: path })).rejects.toMatchObject({ code: 'worker_not_found' });
});

test('without gt, worktrees are looked for where they are put', async () => {
  const folder = await Repository.at(await temporaryFolder());
  await folder.write({ 'red/polecats/ada/red/file': '', 'blue/polecats/old/file': '' });
  vi.stubEnv('GT_ROOT', folder.path);
  const cwd = await temporaryFolder();
  expect((await resolveWorker('ada', { cwd })).worktree).toBe(join(folder.path, 'red/polecats/ada/red'));
  expect((await resolveWorker('blue/old', { cwd })).worktree).toBe(join(folder.path, 'blue/polecats/old'));
  await expect(resolveWorker('red/../../etc', { cwd })).rejects.toMatchObject({ code: 'worker_not_found' });
});
