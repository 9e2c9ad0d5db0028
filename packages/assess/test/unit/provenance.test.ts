import { expect, test } from 'vitest';
import { assessWorkers, summarizeEvidence, toRdjson, type WorkerSpec } from '../../src/index.ts';
import { Repository } from '../support/repository.ts';
import { resultOf, worker } from '../support/results.ts';

const TOO_LARGE = { maxFileChars: 4 } as const;
const PATCH = '--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-one two three\n+one two three four\n';

async function repositoryWithWork(): Promise<Repository> {
  const repository = await Repository.create({ 'a.txt': 'one two three\n' });
  await repository.begin('work');
  await repository.add('Work', { 'a.txt': 'one two three four\n' });
  return repository;
}

test.each<[string, (repository: Repository) => Omit<WorkerSpec, 'id'>, object]>([
  ['worktree', ({ path }) => ({ worktree: path, base: 'main' }), { branch: 'refs/heads/work' }],
  ['branch', ({ path }) => ({ branch: 'work', repository: path, base: 'main' }), { branch: 'refs/heads/work' }],
  ['files', () => ({ files: ['a.txt'] }), { branch: null }],
  ['diff', () => ({ diff: PATCH }), { branch: null }],
])('work that could not be collected is named all the same: %s', async (source, specOf, known) => {
  const repository = await repositoryWithWork();
  const spec = { id: 'one', ...specOf(repository) };
  const options = { cwd: repository.path, ...TOO_LARGE };
  const { workers } = await assessWorkers([spec], { ...options, judge: { backend: 'offline' } });
  expect(workers[0]).toMatchObject({ error: { code: 'evidence_too_large' }, provenance: { source, ...known } });
  const [summary] = await summarizeEvidence([spec], options);
  expect(summary?.provenance).toEqual(workers[0]?.provenance);
});

test('a file that is too large to read is of work that was found', async () => {
  const repository = await repositoryWithWork();
  const spec = { id: 'one', worktree: repository.path, base: 'main' };
  const { workers } = await assessWorkers([spec], { maxFileBytes: 4, judge: { backend: 'offline' } });
  const { head } = repository;
  expect(workers[0]).toMatchObject({ error: { code: 'evidence_too_large' }, provenance: { head, dirty: null } });
});

test('work that was not found has no provenance', async () => {
  const repository = await Repository.create();
  const { workers } = await assessWorkers(['nobody'], { cwd: repository.path, judge: { backend: 'offline' } });
  expect(workers[0]).toMatchObject({ error: { code: 'worker_not_found' }, provenance: null });
});

test('an rdjson report without findings says which work was judged', () => {
  const { diagnostics } = JSON.parse(toRdjson(resultOf([worker()])));
  expect(diagnostics).toMatchObject([
    { code: { value: 'rlm-verdict-pass' }, severity: 'INFO', original_output: expect.stringMatching(/^judged: /m) },
  ]);
});
