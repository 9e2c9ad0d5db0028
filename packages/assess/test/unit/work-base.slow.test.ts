import { expect, test } from 'vitest';
import { withWork } from '../../src/base/given.ts';
import { policyChangesOf } from '../../src/base/policy-changes.ts';
import { WorkBase } from '../../src/base/work-base.ts';
import {
  formatAssessmentResult,
  toGitHubAnnotations,
  toGitLab,
  toJUnit,
  toMarkdown,
  toRdjson,
  toSarif,
} from '../../src/index.ts';
import { gitProcessesOf } from '../support/git-count.ts';
import { Repository } from '../support/repository.ts';
import { resultOf, worker } from '../support/results.ts';

const POLICY = ['**/rlm.config.yaml', 'rubric.yaml'];

async function repository() {
  const made = await Repository.create({
    'rlm.config.yaml': 'of the base\n',
    'sub/rubric.yaml': '[]\n',
    'a.txt': 'a\n',
  });
  await made.branch('work', { 'rlm.config.yaml': 'of the work\n', 'new.yaml': 'new\n' });
  return made;
}

test("a file is read from the merge base's tree: by branch, by worktree, and with uncommitted changes", async () => {
  const made = await repository();
  await made.add('Main goes on', { 'rlm.config.yaml': 'of a later main\n' });
  const base = await WorkBase.of({ id: 'work', branch: 'work' }, { cwd: made.path, base: 'main' });
  expect(String(await base?.read('rlm.config.yaml'))).toBe('of the base\n');
  await made.write({ 'rlm.config.yaml': 'not committed\n' });
  const changes = await WorkBase.of({ id: 'changes', worktree: made.path }, { base: 'main' });
  expect(String(await changes?.read('rlm.config.yaml'))).toBe('of a later main\n');
});

test('what only the work has is not there; a folder and a link of the base are no file', async () => {
  const made = await repository();
  const base = await WorkBase.of({ id: 'work', branch: 'work' }, { cwd: made.path });
  expect(await base?.read('new.yaml')).toBeNull();
  await expect(base?.read('sub')).rejects.toThrow('no regular file');
});

test('a name of git magic or with a sign of a glob is that name', async () => {
  const made = await Repository.create({ ':(glob)**': 'magic', '*.yaml': 'star' });
  const base = await WorkBase.of({ id: 'w', worktree: made.path }, {});
  expect(String(await base?.read(':(glob)**'))).toBe('magic');
  expect(String(await base?.read('*.yaml'))).toBe('star');
  expect(await base?.read('?.yaml')).toBeNull();
});

test('of several files the first that the base has is read, in the order that is asked for, without a process more', async () => {
  const made = await repository();
  const base = await WorkBase.of({ id: 'work', branch: 'work' }, { cwd: made.path });
  const first = async (...paths: string[]) => {
    const found = await base?.readFirst(paths);
    return found && [found.path, String(found.bytes)];
  };
  expect(await first('new.yaml', 'sub/rubric.yaml', 'a.txt')).toEqual(['sub/rubric.yaml', '[]\n']);
  expect(await first('rlm.config.yaml', 'a.txt')).toEqual(['rlm.config.yaml', 'of the base\n']);
  expect(await first('new.yaml', '*.txt')).toBeNull();
  await expect(first('new.yaml', 'sub', 'a.txt')).rejects.toThrow('sub of');
  expect(await gitProcessesOf(() => first('new.yaml', 'none.yaml', 'sub/none.yaml'))).toBe(0);
  base?.close();
  expect(await gitProcessesOf(() => first('sub/rubric.yaml'))).toBe(1);
});

test('files, patches and transcripts have no base', async () => {
  const made = await repository();
  const kinds = [{ files: ['*.txt'] }, { diff: 'x' }, { outputs: ['*.txt'] }];
  for (const kind of kinds) expect(await WorkBase.of({ id: 'w', ...kind }, { cwd: made.path })).toBeNull();
});

test.each([
  ['changes', async (made: Repository) => made.write({ 'rlm.config.yaml': 'changed\n' }), ['rlm.config.yaml']],
  ['adds', async (made: Repository) => made.write({ 'rubric.yaml': '[]\n' }), ['rubric.yaml']],
  ['adds below', async (made: Repository) => made.write({ 'sub/rlm.config.yaml': '\n' }), ['sub/rlm.config.yaml']],
  ['removes', async (made: Repository) => made.git('rm', '-q', 'rlm.config.yaml'), ['rlm.config.yaml']],
  ['moves away', async (made: Repository) => made.git('mv', 'rlm.config.yaml', 'x.yaml'), ['rlm.config.yaml']],
  ['moves here', async (made: Repository) => made.git('mv', 'sub/rubric.yaml', 'rubric.yaml'), ['rubric.yaml']],
  ['leaves alone', async (made: Repository) => made.write({ 'a.txt': 'changed\n' }), []],
] as const)('work that %s a file of the policy is found out', async (_, change, expected) => {
  const made = await repository();
  await change(made);
  const spec = { id: 'changes', worktree: made.path };
  const found = await withWork(spec, {}, undefined, (_spec, work) => policyChangesOf(work, POLICY));
  expect(found).toEqual(expected);
});

test('a change that touches the policy is said so in the verdict and every report', () => {
  const result = resultOf([worker({ workerId: 'auth', policyChanges: ['rlm.config.yaml'] })]);
  expect(result).toMatchObject({ verdict: 'pass', reason: expect.stringMatching(/own policy is changed by auth$/) });
  expect(result.workers[0]?.reason).toMatch(/changes the gate's own policy, .*: rlm\.config\.yaml$/);
  const reports = [formatAssessmentResult, toGitHubAnnotations, toGitLab, toJUnit, toMarkdown, toRdjson, toSarif];
  for (const report of reports) expect(report(result).replaceAll(/&#39;|&apos;/g, "'")).toContain("gate's own policy");
});
