import { HANG, repl } from '@rlm-bridge/fake-provider';
import { expect, test, vi } from 'vitest';
import {
  type AssessEvent,
  type AssessmentResult,
  assessWorkers,
  exitCodeOf,
  toGitHubAnnotations,
  toGitLab,
  toJUnit,
  toMarkdown,
  toRdjson,
  toSarif,
} from '../../src/index.ts';
import { assess, finds, judgeOptions, PYTHON, provider, scriptedJudge } from '../support/judge.ts';
import { Repository, temporaryFolder } from '../support/repository.ts';

const findsBad = finds(/bad/, { severity: 'high', rule: 'bad-call' });
const REPORTS = [toSarif, toJUnit, toMarkdown, toGitLab, toRdjson, toGitHubAnnotations];

/** A folder with one file for each worker. */
async function folderOf(files: Record<string, string>): Promise<Repository> {
  const folder = await Repository.at(await temporaryFolder());
  await folder.write(files);
  return folder;
}

const each = (...names: string[]) => names.map((name) => ({ id: name, files: [`${name}.ts`] }));
const judgedOf = ({ workers }: AssessmentResult) => workers.map(({ workerId, verdict }) => `${workerId} ${verdict}`);

test('the same commit judged twice: no model call, and every report byte for byte the same', async () => {
  const repository = await Repository.create();
  await repository.branch('work', { 'src/a.ts': 'bad();\n', 'src/b.ts': 'good();\n' });
  const fake = await provider(scriptedJudge({ review: findsBad }));
  const options = { cwd: repository.path, cache: { dir: await temporaryFolder() }, samples: 2 };
  const first = await assess(fake, [{ id: 'w', branch: 'work', base: 'main' }], options);
  fake.forget();
  const second = await assess(fake, [{ id: 'w', branch: 'work', base: 'main' }], options);
  expect(fake.served).toEqual([]);
  expect(second.rlmMetrics).toMatchObject({ cachedWorkers: 1, subCalls: 0, costUsd: 0, usage: { calls: 0 } });
  expect(first.verdict).toBe('fail');
  for (const report of REPORTS) expect(report(second)).toBe(report(first));
  expect({ ...second, rlmMetrics: null }).toEqual({ ...first, rlmMetrics: null });
});

test('one changed file re-judges the worker that has it, and no other', async () => {
  const folder = await folderOf({ 'a.ts': 'a();\n', 'b.ts': 'b();\n' });
  const fake = await provider(scriptedJudge({ review: findsBad }));
  const options = { cwd: folder.path, cache: { dir: await temporaryFolder() } };
  await assess(fake, each('a', 'b'), options);
  await folder.write({ 'b.ts': 'bad();\n' });
  fake.forget();
  const result = await assess(fake, each('a', 'b'), options);
  expect(judgedOf(result)).toEqual(['a pass', 'b fail']);
  expect(result.rlmMetrics.cachedWorkers).toBe(1);
  expect(fake.served.some(({ request }) => request.text.includes('a();'))).toBe(false);
});

test.each([
  ['the rubric', { rubric: [{ id: 'extra', question: 'Is it?', severity: 'low' as const }] }],
  ['the model', { judge: { subModel: 'gpt-4.1-mini' } }],
  ['the number of samples', { samples: 2 }],
])('another judgement is asked for when %s changes', async (_, change) => {
  const folder = await folderOf({ 'a.ts': 'a();\n' });
  const fake = await provider(scriptedJudge());
  const options = { cwd: folder.path, cache: { dir: await temporaryFolder() } };
  await assess(fake, each('a'), options);
  expect((await assess(fake, each('a'), { ...options, ...change })).rlmMetrics.cachedWorkers).toBe(0);
});

test('a finding whose quote is not in the evidence is handed back once, then kept as unverified and in doubt', async () => {
  const folder = await folderOf({ 'a.ts': 'good();\n' });
  const review = finds(/good/, { severity: 'critical', rule: 'invented' });
  const invented = scriptedJudge({
    review: (document) => review(document).map((one) => ({ ...one, quote: 'evil();' })),
  });
  const fake = await provider(invented);
  const result = await assess(fake, each('a'), { cwd: folder.path });
  expect([result.verdict, exitCodeOf(result)]).toEqual(['inconclusive', 3]);
  expect(result.workers[0]?.findings).toMatchObject([{ rule: 'invented', verified: false, gating: false }]);
  expect(result.workers[0]?.reason).toMatch(/^in doubt: critical invented in a.ts:1 \(its quote is not found/);
  expect(result.rlmMetrics.iterations).toBe(2);
  const turns = fake.served.filter(({ request }) => request.turn === 2).map(({ request }) => request.messages);
  expect(JSON.stringify(turns)).toContain('The quote of findings[0] is not in the document');
});

test('a criterion that is said not to be met needs a finding: without one there is no judgement', async () => {
  const folder = await folderOf({ 'a.ts': 'good();\n' });
  const give = '{**answer_value, "criteria": {"tested": {"outcome": "not_met", "reason": "No test."}}}';
  const fake = await provider(scriptedJudge({ give }));
  const rubric = [{ id: 'tested', question: 'Is it tested?', severity: 'high' as const }];
  const result = await assess(fake, each('a'), { cwd: folder.path, rubric });
  expect(result.workers[0]).toMatchObject({ verdict: 'inconclusive', error: { code: 'invalid_answer' } });
});

test("the severity of a criterion is the rubric's, whatever the judge says", async () => {
  const folder = await folderOf({ 'a.ts': 'bad();\n' });
  const fake = await provider(scriptedJudge({ review: finds(/bad/, { severity: 'low', rule: 'tested' }) }));
  const rubric = [{ id: 'tested', question: 'Is it tested?', severity: 'critical' as const }];
  const result = await assess(fake, each('a'), { cwd: folder.path, rubric });
  expect(result.workers[0]).toMatchObject({
    verdict: 'fail',
    findings: [{ rule: 'tested', severity: 'critical' }],
    rubric: [{ id: 'tested', outcome: 'not_met' }],
  });
});

test('a hanging provider: inconclusive within its time limit, what was judged stays, the failure is not kept', async () => {
  const folder = await folderOf({ 'a.ts': 'a();\n', 'hang.ts': 'hang();\n' });
  const judge = scriptedJudge();
  const fake = await provider((request) => (request.text.includes('hang();') ? HANG : judge(request)));
  const options = { cwd: folder.path, cache: { dir: await temporaryFolder() } };
  await assess(fake, each('a'), options);
  for (const asked of [1, 2]) {
    const result = await assess(fake, each('a', 'hang'), { ...options, judge: { maxDurationMs: 3000 } });
    expect(judgedOf(result)).toEqual(['a pass', 'hang inconclusive']);
    expect(result.workers[1]?.error?.code).toBe('duration_exceeded');
    expect([exitCodeOf(result), result.success, result.rlmMetrics.cachedWorkers]).toEqual([3, false, 1]);
    expect(fake.served.filter(({ request }) => request.text.includes('hang();'))).toHaveLength(asked);
  }
});

test('a failing provider: every worker is inconclusive with its reason', async () => {
  const fake = await provider(() => ({ status: 400, message: 'no such thing' }));
  const folder = await folderOf({ 'a.ts': 'a();\n', 'b.ts': 'b();\n' });
  const result = await assess(fake, each('a', 'b'), { cwd: folder.path });
  expect(judgedOf(result)).toEqual(['a inconclusive', 'b inconclusive']);
  expect(exitCodeOf(result)).toBe(3);
});

test('the budget of the call is never exceeded, and what it stops is inconclusive', async () => {
  const folder = await folderOf({ 'a.ts': 'a();\n', 'b.ts': 'b();\n' });
  const fake = await provider(scriptedJudge());
  const result = await assess(fake, each('a', 'b'), { cwd: folder.path, maxBudgetUsd: 0.001, concurrency: 1 });
  expect(result.rlmMetrics.costUsd).toBeLessThanOrEqual(0.001);
  expect(judgedOf(result)).toEqual(['a inconclusive', 'b inconclusive']);
  expect(result.workers[0]?.error?.code).toBe('budget_exceeded');
});

test('abort: the call rejects with what was judged until then', async () => {
  const folder = await folderOf({ 'a.ts': 'a();\n', 'hang.ts': 'hang();\n' });
  const judge = scriptedJudge();
  const fake = await provider((request) => (request.text.includes('hang();') ? HANG : judge(request)));
  const aborting = new AbortController();
  const done = Promise.withResolvers<void>();
  const onEvent = (event: AssessEvent) => {
    if (event.type === 'worker.completed' && event.workerId === 'a') done.resolve();
  };
  const call = assess(fake, each('a', 'hang'), { cwd: folder.path, signal: aborting.signal, onEvent });
  await Promise.all([
    done.promise,
    fake.until(({ served }) => served.some(({ request }) => request.text.includes('hang();'))),
  ]);
  aborting.abort(new Error('enough'));
  const error = await call.catch((reason) => reason);
  expect(error).toMatchObject({ name: 'AbortError', code: 'aborted', cause: { message: 'enough' } });
  expect(judgedOf(error.result)).toEqual(['a pass', 'hang inconclusive']);
  expect(fake.openRequests).toBe(0);
});

test("options that runRLM refuses are the caller's: the call rejects", async () => {
  const folder = await folderOf({ 'a.ts': 'a();\n' });
  const fake = await provider(scriptedJudge());
  const judge = { maxIteration: 3 } as object;
  const error = await assess(fake, each('a'), { cwd: folder.path, judge }).catch((reason) => reason);
  expect(error).toMatchObject({ name: 'AssessError', code: 'invalid_options' });
  expect(error.message).toContain('Did you mean "maxIterations"');
  expect(fake.served).toEqual([]);
});

test('without a key: inconclusive, and the reason names the choices', async () => {
  for (const name of ['ANTHROPIC', 'OPENAI', 'OPENROUTER', 'GEMINI']) vi.stubEnv(`${name}_API_KEY`, undefined);
  const folder = await folderOf({ 'a.ts': 'a();\n' });
  const result = await assessWorkers(each('a'), { cwd: folder.path, cache: false });
  vi.unstubAllEnvs();
  expect(result.workers[0]?.error).toMatchObject({ code: 'missing_api_key' });
  expect(exitCodeOf(result)).toBe(3);
});

test("events tell each worker's way, and a callback that throws disturbs nothing", async () => {
  const folder = await folderOf({ 'a.ts': 'a();\n' });
  const fake = await provider(scriptedJudge());
  const types: string[] = [];
  const result = await assess(fake, [...each('a'), 'unknown'], {
    cwd: folder.path,
    concurrency: 1,
    onEvent: (event) => types.push(event.type),
  });
  expect(types.filter((type) => type !== 'sample.event')).toEqual([
    'worker.started',
    'evidence.collected',
    'sample.started',
    'sample.completed',
    'worker.completed',
    'worker.started',
    'worker.completed',
  ]);
  expect(judgedOf(result)).toEqual(['a pass', 'unknown inconclusive']);
});

test.each([
  ['backend', { backend: 'offline' }],
  ['subBackend', { backend: 'openai', apiKey: 'test-key', rootModel: 'gpt-4.1', subBackend: 'offline' }],
] as const)('the offline program is no judge, as %s: it is refused at once, with what to do', async (_, models) => {
  const folder = await folderOf({ 'a.ts': 'a();\n' });
  const judge = { ...models, environment: 'local', python: PYTHON, quiet: true, maxIterations: 3 } as const;
  const result = await assessWorkers(each('a'), { cwd: folder.path, cache: false, judge });
  expect(result.workers[0]).toMatchObject({ verdict: 'inconclusive', overallScore: null, error: { code: 'no_model' } });
  expect(result.workers[0]?.reason).toContain("Set a provider's key");
  expect(result.rlmMetrics.iterations).toBe(0);
});

test('a root that never answers is inconclusive', async () => {
  const folder = await folderOf({ 'a.ts': 'a();\n' });
  const fake = await provider(() => repl('print("thinking")'));
  const result = await assess(fake, each('a'), { cwd: folder.path });
  expect(result.workers[0]).toMatchObject({ verdict: 'inconclusive', error: { code: 'max_iterations' } });
  expect(judgeOptions(fake).maxIterations).toBe(3);
});
