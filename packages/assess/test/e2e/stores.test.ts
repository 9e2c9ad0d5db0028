import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FakeProvider, HANG } from '@rlm-bridge/fake-provider';
import { execa } from 'execa';
import { fileStore, memoryStore, type RunStore, replayRLM } from 'rlm-bridge';
import { expect, test } from 'vitest';
import { PACKAGES } from '../../../rlm/test/e2e/support/packages.ts';
import { type AssessEvent, type AssessmentResult, exitCodeOf } from '../../src/index.ts';
import { assess, finds, judgeOptions, provider, scriptedJudge } from '../support/judge.ts';
import { Repository, temporaryFolder } from '../support/repository.ts';

// An assessment that a store keeps: what of it is done stays done, and what is half-done goes on.

const PROGRAM = join(import.meta.dirname, '../fixtures/assesses-in-a-store.mts');
const NAMES = ['w1', 'w2', 'w3', 'w4', 'w5'];
const EACH = NAMES.map((id) => ({ id, files: [`${id}.ts`] }));
const A = [{ id: 'a', files: ['a.ts'] }];

const judge = scriptedJudge({ review: finds(/bad/, { severity: 'high', rule: 'bad-call' }) });

async function folderOf(files: Record<string, string>): Promise<Repository> {
  const folder = await Repository.at(await temporaryFolder());
  await folder.write(files);
  return folder;
}

/** One file for each worker; every third one calls bad(). */
const five = () =>
  folderOf(Object.fromEntries(NAMES.map((id, i) => [`${id}.ts`, `${id}();${i % 3 === 0 ? ' bad();' : ''}\n`])));

const ONE_BY_ONE = { cache: false, concurrency: 1 } as const;

/** A life of the assessment, in a process of its own that can be killed. */
function victim(store: string, fake: FakeProvider, cwd: string) {
  const options = { judge: judgeOptions(fake), cwd, ...ONE_BY_ONE };
  const args = [PROGRAM, store, JSON.stringify(EACH), JSON.stringify(options)];
  return execa(process.execPath, [...PACKAGES, ...args], { reject: false });
}

/** Another life of it, in this process. */
const live = (store: string, fake: FakeProvider, cwd: string) =>
  assess(fake, EACH, { cwd, ...ONE_BY_ONE, store: fileStore(store), assessmentId: 'nightly' });

const withoutMetrics = (result: AssessmentResult) => ({ ...result, rlmMetrics: null });
const asksOf = ({ served }: FakeProvider) => served.map(({ request }) => request.text);

async function runsOf(store: RunStore): Promise<string[]> {
  const runs = await Array.fromAsync(store.list());
  return runs.map(({ runId }) => runId).filter((runId) => !runId.endsWith(':lease'));
}

async function callsOf(store: RunStore, runId: string): Promise<string[]> {
  const events = await Array.fromAsync(replayRLM(runId, { store })).catch(() => []);
  return events.flatMap(({ type }) => (type === 'call.completed' ? [type] : []));
}

test('killed after worker 3 of 5 it resumes and judges 2, a half-done one from where it was, to the verdicts of an undisturbed run', async () => {
  const { path: cwd } = await five();
  let hangs = true;
  const fake = await provider((request) => (hangs && /w4\(\);/.test(request.text) ? HANG : judge(request)));
  const folder = await temporaryFolder();
  const store = fileStore(folder);
  const first = victim(folder, fake, cwd);
  let said = '';
  first.stdout?.on('data', (chunk) => (said += String(chunk)));
  await expect.poll(() => said.match(/^w\d$/gm)?.length).toBe(3);
  // Of worker 4 the root's turn and one sub-call are done, the other sub-call is in flight.
  const half = async () => (await runsOf(store)).find((runId) => runId.startsWith('nightly:w4-')) ?? '';
  await expect.poll(async () => (await callsOf(store, await half())).length).toBe(2);
  await fake.until(({ served }) => served.some(({ request }) => request.text.includes('w4();')));
  first.kill('SIGKILL');
  await first.catch(() => {});
  const asked = fake.served.length;
  expect(asked).toBe(3 * 3 + 3);

  hangs = false;
  fake.forget();
  const second = await live(folder, fake, cwd);
  expect(asksOf(fake).filter((text) => /w[1-3]/.test(text))).toEqual([]);
  expect(fake.served).toHaveLength(1 + 1 * 3);
  expect(second.rlmMetrics).toMatchObject({ costUsd: null, usage: { calls: 5 * 3 + 1 } });
  expect(second.rlmMetrics.earlier).toMatchObject({ runs: 4, calls: asked });

  fake.forget();
  const undisturbed = await live(await temporaryFolder(), fake, cwd);
  expect(withoutMetrics(second)).toEqual(withoutMetrics(undisturbed));
  expect(second.workers.map(({ verdict }) => verdict)).toEqual(NAMES.map((_, i) => (i % 3 === 0 ? 'fail' : 'pass')));

  fake.forget();
  const third = await live(folder, fake, cwd);
  expect([fake.served, withoutMetrics(third)]).toEqual([[], withoutMetrics(second)]);
});

test('two at once: one judges, the other is told, has spent nothing, and is inconclusive', async () => {
  const { path: cwd } = await folderOf({ 'a.ts': 'a();\n' });
  const store = memoryStore();
  const started = Promise.withResolvers<void>();
  const going = Promise.withResolvers<void>();
  const fake = await provider(async (request) => {
    started.resolve();
    await going.promise;
    return judge(request);
  });
  const options = { cwd, store, assessmentId: 'nightly', cache: false };
  const first = assess(fake, A, options);
  await started.promise;
  const second = await assess(fake, A, options);
  going.resolve();
  expect(second.workers[0]?.error).toMatchObject({
    code: 'assessment_in_progress',
    message: expect.stringContaining('Another process works on the assessment "nightly". Wait until it has ended'),
  });
  expect([exitCodeOf(second), second.rlmMetrics.costUsd]).toEqual([3, 0]);
  expect((await first).verdict).toBe('pass');
});

test('work that changed since is no part of the assessment: inconclusive, which no policy lets through', async () => {
  const folder = await folderOf({ 'a.ts': 'a();\n', 'b.ts': 'b();\n' });
  const fake = await provider(judge);
  const each = [...A, { id: 'b', files: ['b.ts'] }];
  const gate = { onError: 'pass' } as const;
  const options = { cwd: folder.path, store: memoryStore(), assessmentId: 'nightly', cache: false, gate };
  await assess(fake, each, options);
  await folder.write({ 'b.ts': 'bad();\n' });
  fake.forget();
  const changed = await assess(fake, each, options);
  expect(fake.served).toEqual([]);
  expect(changed.workers.map(({ verdict }) => verdict)).toEqual(['pass', 'inconclusive']);
  expect(changed.workers[1]?.error).toMatchObject({
    code: 'assessment_changed',
    message: 'Not as the assessment "nightly" began: the work. Name another assessmentId, or put it back as it was.',
  });
  expect(exitCodeOf(changed)).toBe(3);
  expect((await assess(fake, each, { ...options, assessmentId: 'nightly-2' })).verdict).toBe('fail');
});

test.each([
  ['the rubric, or a criterion', { rubric: [{ id: 'extra', question: 'Is it?', severity: 'low' as const }] }],
  ['the sub model', { judge: { subModel: 'gpt-4.1-mini' } }],
  ['the sampling of the root model', { judge: { samplingArgs: { temperature: 0.5 } } }],
])('so is work that is judged in another way: %s', async (part, change) => {
  const { path: cwd } = await folderOf({ 'a.ts': 'a();\n' });
  const fake = await provider(judge);
  const options = { cwd, store: memoryStore(), assessmentId: 'nightly', cache: false };
  await assess(fake, A, options);
  const { workers } = await assess(fake, A, { ...options, ...change });
  expect(workers[0]).toMatchObject({ verdict: 'inconclusive', error: { code: 'assessment_changed' } });
  expect(workers[0]?.error?.message).toContain(`Not as the assessment "nightly" began: ${part}. Name another`);
});

test('a broken journal of one run makes that worker inconclusive, the others stay judged, and the bill is not known', async () => {
  const { path: cwd } = await folderOf({ 'a.ts': 'a();\n', 'b.ts': 'b();\n' });
  const folder = await temporaryFolder();
  const fake = await provider(judge);
  const store = fileStore(folder);
  const options = { cwd, store, assessmentId: 'nightly', cache: false };
  const both = [...A, { id: 'b', files: ['b.ts'] }];
  await assess(fake, both, options);
  const broken = (await runsOf(store)).find((runId) => runId.startsWith('nightly:b-')) ?? '';
  const journals = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('journal.jsonl'));
  const texts = await Promise.all(journals.map((name) => readFile(join(folder, name), 'utf8')));
  const path = journals[texts.findIndex((text) => text.includes(broken))] ?? '';
  const lines = (await readFile(join(folder, path), 'utf8')).split('\n');
  await writeFile(join(folder, path), [...lines.slice(0, 5), ...lines.slice(6)].join('\n'));
  fake.forget();
  const again = await assess(fake, both, options);
  expect(again.workers.map(({ verdict }) => verdict)).toEqual(['pass', 'inconclusive']);
  expect(again.workers[1]?.error).toMatchObject({
    code: 'journal_corrupted',
    message: expect.stringMatching(/is broken at line 6/),
  });
  expect(again.rlmMetrics.costUsd).toBeNull();
  expect([fake.served, exitCodeOf(again)]).toEqual([[], 3]);
});

test('a folder that cannot be used is inconclusive, and no model is asked', async () => {
  const { path: cwd } = await folderOf({ 'a.ts': 'a();\n' });
  const fake = await provider(judge);
  const open = await temporaryFolder();
  await chmod(open, 0o777);
  for (const folder of ['/dev/null/runs', open]) {
    const result = await assess(fake, A, { cwd, store: fileStore(folder), assessmentId: 'nightly' });
    expect(result.workers[0]).toMatchObject({ verdict: 'inconclusive', error: { code: 'store_failed' } });
    expect(exitCodeOf(result)).toBe(3);
  }
  expect(fake.served).toEqual([]);
});

test('the bill is that of the whole assessment, judgements from the cache and work that is not judged again included', async () => {
  const { path: cwd } = await folderOf({ 'a.ts': 'a();\n' });
  const fake = await provider(judge);
  const cache = { dir: await temporaryFolder() };
  const options = { cwd, store: memoryStore(), assessmentId: 'nightly', cache };
  const first = await assess(fake, A, options);
  const second = await assess(fake, A, options);
  const { usage, costUsd, iterations, subCalls } = first.rlmMetrics;
  expect(costUsd).toBeGreaterThan(0);
  const earlier = { runs: 1, calls: usage.calls, costUsd };
  expect(second.rlmMetrics).toMatchObject({ usage, costUsd, iterations, subCalls, cachedWorkers: 1, earlier });
  expect(first.rlmMetrics.earlier).toEqual({ runs: 0, calls: 0, costUsd: 0 });
});

test('the budget goes on: what was paid is neither spent twice nor refused, and a higher one lets a run go on', async () => {
  const { path: cwd } = await folderOf({ 'a.ts': 'a();\n', 'b.ts': 'b();\n' });
  const fake = await provider(judge);
  const each = [...A, { id: 'b', files: ['b.ts'] }];
  const options = { cwd, store: memoryStore(), assessmentId: 'nightly', cache: false, concurrency: 1 };
  const whole = (await assess(fake, A, options)).rlmMetrics.costUsd ?? 0;
  fake.forget();
  const spent = await assess(fake, each, { ...options, maxBudgetUsd: whole });
  expect(spent.workers.map(({ verdict, error }) => error?.code ?? verdict)).toEqual(['pass', 'budget_exhausted']);
  expect([fake.served, spent.rlmMetrics.costUsd]).toEqual([[], whole]);
  const little = await assess(fake, each, { ...options, maxBudgetUsd: whole * 1.01 });
  expect(little.workers.map(({ verdict, error }) => error?.code ?? verdict)).toEqual(['pass', 'budget_exceeded']);
  const more = await assess(fake, each, { ...options, maxBudgetUsd: 1 });
  expect(more.workers.map(({ verdict }) => verdict)).toEqual(['pass', 'pass']);
  expect(more.rlmMetrics.costUsd).toBeLessThanOrEqual(1);
});

test('a sample whose provider failed goes on with what it has; one whose answer was none is judged anew', async () => {
  const { path: cwd } = await folderOf({ 'a.ts': 'a();\n' });
  const store = memoryStore();
  const ids: string[] = [];
  const onEvent = (event: AssessEvent) => {
    if (event.type === 'sample.started') ids.push(event.runId.replace(/^.*:/, ''));
  };
  const tooMany = { status: 429, message: 'too many requests', retryAfterS: 0 };
  const failing = await provider((request) => (ids.length === 1 ? tooMany : judge(request)));
  const options = { cwd, store, cache: false, onEvent };
  expect((await assess(failing, A, { ...options, assessmentId: 'failing' })).verdict).toBe('pass');
  const answerless = await provider(scriptedJudge({ give: '"I cannot"' }));
  await assess(answerless, A, { ...options, assessmentId: 'answerless' });
  const asked = answerless.served.length;
  await assess(answerless, A, { ...options, assessmentId: 'answerless' });
  expect(answerless.served).toHaveLength(asked);
  expect(ids).toEqual(['1.1', '1.1', '1.1', '1.2', '1.1', '1.2']);
});

test('ids of workers may hold anything: each has runs of its own', async () => {
  const { path: cwd } = await folderOf({ '0.ts': 'a();\n', '1.ts': 'b();\n', '2.ts': 'c();\n' });
  const store = memoryStore();
  const fake = await provider(judge);
  const workers = ['a/b', 'a b', 'ä'.repeat(200)].map((id, n) => ({ id, files: [`${n}.ts`] }));
  const result = await assess(fake, workers, { cwd, store, assessmentId: 'x'.repeat(64), cache: false });
  expect(result.verdict).toBe('pass');
  expect(new Set(await runsOf(store)).size).toBe(3);
});

test('what a store has begun of equal workers goes on, each in its own run, though one is begun alone now', async () => {
  const { path: cwd } = await folderOf({ 'a.ts': 'a();\n', 'b.ts': 'a();\n' });
  const store = memoryStore();
  const fake = await provider(judge);
  const of = (...ids: string[]) => ids.map((id) => ({ id, files: ['a.ts'] }));
  const options = { cwd, store, assessmentId: 'nightly', cache: false } as const;
  await assess(fake, of('one'), options);
  await assess(fake, of('two'), options);
  fake.forget();
  const result = await assess(fake, of('three', 'two', 'one'), { ...options, concurrency: 1 });
  expect(result.workers.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'pass']);
  // The third was judged, for it was asked first; of the others a store has the judgement.
  expect(fake.served.filter(({ request }) => request.turn === 1)).toHaveLength(1);
  expect(await runsOf(store)).toHaveLength(3);
});
