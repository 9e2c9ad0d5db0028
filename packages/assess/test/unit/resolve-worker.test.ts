import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { resolveWorker } from '../../src/evidence/resolve-worker.ts';
import {
  assessWorkers,
  formatAssessmentResult,
  toGitHubAnnotations,
  toGitLab,
  toJUnit,
  toMarkdown,
  toRdjson,
  toSarif,
} from '../../src/index.ts';
import { evidenceOf } from '../support/evidence.ts';
import { Repository, temporaryFolder } from '../support/repository.ts';
import { finding, resultOf, worker } from '../support/results.ts';

test('resolve is asked first, and what it does not know goes on', async () => {
  const { path: cwd } = await Repository.create();
  const resolve = (id: string) => (id === 'main' ? { files: ['x'] } : undefined);
  expect(await resolveWorker('main', { cwd, resolve })).toEqual({ id: 'main', files: ['x'] });
  const both = () => ({ files: ['x'], branch: 'main' });
  const error = await resolveWorker('main', { cwd, resolve: both }).catch((reason) => reason);
  expect(error.message).toContain('exactly one of worktree, branch, files, diff');
  await expect(resolveWorker('other', { cwd, resolve })).rejects.toMatchObject({ code: 'worker_not_found' });
});

test('resolve is asked once for each id, though its policy files are looked for in the base and its evidence collected', async () => {
  const { path: cwd } = await Repository.create({ 'a.txt': 'one\n' });
  const asked: string[] = [];
  const resolve = (id: string) => {
    asked.push(id);
    return { branch: 'main', repository: cwd, base: 'main' };
  };
  const { workers } = await assessWorkers(['one', 'other'], { cwd, resolve, policyFiles: ['*.json'] });
  expect(workers.map(({ verdict }) => verdict)).toEqual(['nothing_to_judge', 'nothing_to_judge']);
  expect(asked.sort()).toEqual(['one', 'other']);
});

/** A repository with a worktree in a folder `auth`, on a branch. */
async function withWorktree(branch: string) {
  const repository = await Repository.create();
  const folder = join(await realpath(await temporaryFolder()), 'auth');
  await repository.branch(branch, { 'a.txt': 'of the worktree\n' });
  await repository.git('worktree', 'add', '-q', folder, branch);
  return { repository, worktree: await Repository.at(folder), cwd: repository.path };
}

test('a git worktree by the name of its folder or by its path, a branch by its whole name or its ref', async () => {
  const { repository, worktree, cwd } = await withWorktree('any');
  await repository.branch('polecat/docs', { 'a.txt': 'a\n' });
  for (const id of ['auth', worktree.path]) {
    expect(await resolveWorker(id, { cwd })).toEqual({ id, worktree: worktree.path });
  }
  for (const id of ['polecat/docs', 'refs/heads/polecat/docs']) {
    expect(await resolveWorker(id, { cwd })).toEqual({ id, branch: 'refs/heads/polecat/docs', repository: cwd });
  }
  await expect(resolveWorker('docs', { cwd })).rejects.toMatchObject({ code: 'worker_not_found' });
});

test('the worktree of a branch is the same work: it is judged, with what is not committed', async () => {
  const { worktree, cwd } = await withWorktree('auth');
  expect(await resolveWorker('auth', { cwd })).toEqual({ id: 'auth', worktree: worktree.path });
});

test('a worktree folder named like a branch of other work is an error that lists both', async () => {
  const { repository, worktree, cwd } = await withWorktree('any');
  await repository.branch('auth', { 'a.txt': 'of the branch\n' });
  const error = await resolveWorker('auth', { cwd }).catch((reason) => reason);
  expect(error.code).toBe('worker_ambiguous');
  expect(error.message).toContain(`the worktree ${worktree.path} (`);
  expect(error.message).toContain('the branch refs/heads/auth (');
  expect((await resolveWorker('refs/heads/auth', { cwd })).branch).toBe('refs/heads/auth');
  expect((await resolveWorker(worktree.path, { cwd })).worktree).toBe(worktree.path);
});

test('the folder of the repository itself is a worktree too', async () => {
  const outer = await realpath(await temporaryFolder());
  const { repository } = await withWorktree('any');
  await repository.git('clone', '-q', repository.path, join(outer, 'docs'));
  const clone = await Repository.at(join(outer, 'docs'));
  await clone.branch('docs', { 'a.txt': 'docs\n' });
  await expect(resolveWorker('docs', { cwd: clone.path })).rejects.toMatchObject({ code: 'worker_ambiguous' });
});

test('a branch here and one of a remote that differ are an error that lists both; equal ones are one', async () => {
  const origin = await Repository.create();
  await origin.branch('work', { 'a.txt': 'pushed\n' });
  const path = join(await temporaryFolder(), 'clone');
  await origin.git('clone', '-q', origin.path, path);
  const clone = await Repository.at(path);
  expect((await resolveWorker('work', { cwd: path })).branch).toBe('refs/remotes/origin/work');
  await clone.git('branch', '-q', 'work', 'origin/work');
  expect((await resolveWorker('work', { cwd: path })).branch).toBe('refs/heads/work');
  await clone.git('checkout', '-q', 'work');
  await clone.add('Not pushed', { 'a.txt': 'not pushed\n' });
  await clone.git('checkout', '-q', 'main');
  const error = await resolveWorker('work', { cwd: path }).catch((reason) => reason);
  expect(error.code).toBe('worker_ambiguous');
  expect(error.message).toMatch(/the branch refs\/heads\/work \(.*\) or the branch refs\/remotes\/origin\/work \(/);
  expect((await resolveWorker('origin/work', { cwd: path })).branch).toBe('refs/remotes/origin/work');
});

test('a transcript of the name of a branch is an error that lists both', async () => {
  const repository = await Repository.create();
  await repository.branch('work', { 'a.txt': 'work\n' });
  await repository.write({ 'out/work.output': 'trust me\n', 'out/alone.output': 'trust me\n' });
  const options = { cwd: repository.path, outputDir: 'out' };
  const error = await resolveWorker('work', options).catch((reason) => reason);
  expect(error.message).toMatch(/could be the transcript .*work\.output or the branch refs\/heads\/work/);
  expect((await resolveWorker('alone', options)).outputs).toHaveLength(1);
});

test.each(['base', 'branch'])('a tag of the name of a branch does not take its place as %s', async (place) => {
  const repository = await Repository.create();
  await repository.branch('work', { 'a.txt': 'first\n' });
  await repository.git('tag', place === 'base' ? 'main' : 'work', place === 'base' ? 'work' : 'main');
  const spec = { branch: 'work', base: 'main', repository: repository.path };
  const error = await evidenceOf(spec).catch((reason) => reason);
  expect(error.message).toMatch(/could be refs\/heads\/\w+ \(\w+\) or refs\/tags\/\w+ \(\w+\)/);
  const whole = { ...spec, branch: 'refs/heads/work', base: 'refs/heads/main' };
  expect((await evidenceOf(whole)).documents[0]?.name).toBe('a.txt');
});

test('neither a tag nor a file in .git takes the place of the default base', async () => {
  const repository = await Repository.create();
  await repository.branch('work', { 'a.txt': 'first\n' });
  await repository.git('tag', 'main', 'work');
  await repository.write({ '.git/main': `${await repository.git('rev-parse', 'work')}\n` });
  const { provenance } = await evidenceOf({ branch: 'work', repository: repository.path });
  expect(provenance.base).toBe(await repository.git('rev-parse', 'refs/heads/main'));
});

test('a repository that has its work tree elsewhere is refused: another one would be judged', async () => {
  const repository = await Repository.create();
  await repository.git('config', 'core.worktree', await temporaryFolder());
  const error = await evidenceOf({ worktree: repository.path, base: 'main' }).catch((reason) => reason);
  expect(error.message).toContain('core.worktree');
});

test('the evidence says which work it is: source, path, branch, base, head, dirty or not', async () => {
  const { repository, worktree, cwd } = await withWorktree('any');
  const [base, head] = [await repository.git('rev-parse', 'main'), await worktree.git('rev-parse', 'HEAD')];
  const of = async (spec: object) => (await evidenceOf({ base: 'main', ...spec }, { cwd })).provenance;
  const clean = { source: 'worktree', path: worktree.path, branch: 'refs/heads/any', base, head, dirty: false };
  expect(await of({ worktree: worktree.path })).toEqual(clean);
  expect(await of({ branch: 'any' })).toEqual({ ...clean, source: 'branch', path: cwd });
  await worktree.write({ 'new.txt': 'new\n' });
  expect(await of({ worktree: worktree.path })).toEqual({ ...clean, dirty: true });
  expect(await of({ worktree: worktree.path, uncommitted: false })).toEqual({ ...clean, dirty: true });
  await worktree.git('checkout', '-q', '--detach');
  expect(await of({ worktree: worktree.path })).toMatchObject({ branch: null, head });
  const outside = { branch: null, base: null, head: null, dirty: null };
  expect(await of({ files: ['a.txt'] })).toEqual({ source: 'files', path: cwd, ...outside });
  const diff = '--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-a\n+b\n';
  expect(await of({ diff })).toEqual({ source: 'diff', path: null, ...outside });
});

test('every report says which work was judged', () => {
  const result = resultOf([worker({ findings: [finding({ severity: 'critical' })] })]);
  for (const report of [
    formatAssessmentResult,
    toGitHubAnnotations,
    toGitLab,
    toJUnit,
    toMarkdown,
    toRdjson,
    toSarif,
  ]) {
    const text = report(result).replaceAll('&#58;', ':');
    expect(text, report.name).toContain(
      'judged: branch /src/project, branch refs/heads/auth, base 111111111111, head 222222222222',
    );
  }
});
