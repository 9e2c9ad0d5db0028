import type { ModelRequest, Reply } from '@rlm-bridge/fake-provider';
import { memoryStore } from 'rlm-bridge';
import { expect, test } from 'vitest';
import type { AssessEvent, WorkerSpec } from '../../src/index.ts';
import { applyGate, exitCodeOf, formatAssessmentResult, toMarkdown } from '../../src/index.ts';
import { assess, finds, type JudgeScript, provider, scriptedJudge } from '../support/judge.ts';
import { Repository, temporaryFolder } from '../support/repository.ts';

// A second model is asked about what the verdict rests on: told the claim and its lines, and nothing else of the judge.

const VERIFIER = 'gpt-4.1-mini';
const CLAIM = {
  severity: 'critical',
  category: 'security',
  rule: 'sql-injection',
  message: 'The id reaches the query unbound.',
  suggestion: 'Bind the id as a parameter.',
} as const;
const review = finds(/bad\(/, CLAIM);
const look = (outcome: string, reason = 'Line 2 says so.') => JSON.stringify({ outcome, reason });

/** A judge that finds `bad(`, and beside it a verifier that gives one reply; both by rules over what they really got. */
async function models(reply: Reply | ((request: ModelRequest) => Reply), script: JudgeScript = { review }) {
  const judge = scriptedJudge(script);
  const asked: ModelRequest[] = [];
  const fake = await provider((request) => {
    if (request.model !== VERIFIER) return judge(request);
    asked.push(request);
    return typeof reply === 'function' ? reply(request) : reply;
  });
  return { fake, asked };
}

async function work(files: Record<string, string> = { 'a.ts': 'one();\nbad(id);\nthree();\n' }): Promise<string> {
  const folder = await Repository.at(await temporaryFolder());
  await folder.write(files);
  return folder.path;
}

const W: WorkerSpec[] = [{ id: 'w', files: ['*'] }];
const verifier = { model: VERIFIER };

test('confirmed: it fails; the verifier saw the claim and its numbered lines, and nothing else of the judge', async () => {
  const { fake, asked } = await models(look('confirmed'));
  const result = await assess(fake, W, { cwd: await work(), verifier });
  expect([result.verdict, exitCodeOf(result), result.workers[0]?.verifier]).toEqual(['fail', 1, VERIFIER]);
  const [finding] = result.workers[0]?.findings ?? [];
  expect(finding).toMatchObject({
    gating: true,
    doubt: null,
    verification: { model: VERIFIER, outcome: 'confirmed', reason: 'Line 2 says so.' },
  });
  expect(finding?.verification?.costUsd).toBeGreaterThan(0);
  expect(result.rlmMetrics.usage.byModel[VERIFIER]).toMatchObject({ calls: 1 });
  expect(result.rlmMetrics.usage.calls).toBe(fake.served.length);
  const prompt = asked.flatMap(({ messages }) => messages.map(({ content }) => content)).join('\n');
  expect(prompt).toContain(CLAIM.message);
  expect(prompt).toMatch(/^ {6}2 {3}\| bad\(id\);$/m);
  expect(prompt).toMatch(/^ {6}3 {3}\| three\(\);$/m);
  expect(prompt).not.toMatch(/critical|Bind the id|By the rules of the script|sql-injection/);
});

const REFUSAL: Reply = { status: 400, message: 'content policy' };

test.each<[string, Reply, string]>([
  ['refutes it', look('refuted'), `a second look by ${VERIFIER} refutes it`],
  ['cannot say', look('cannot_say'), `a second look by ${VERIFIER} cannot say whether it holds`],
  ['is refused by its provider', REFUSAL, `a second look by ${VERIFIER} failed`],
  ['answers in another shape', 'I think it is fine.', `a second look by ${VERIFIER} failed`],
  ['answers with a verdict that there is none of', look('pass'), `a second look by ${VERIFIER} failed`],
  ['says nothing', '', `a second look by ${VERIFIER} failed`],
])('a verifier that %s leaves it inconclusive, which onError does not let through', async (_, reply, why) => {
  const { fake } = await models(reply);
  const result = await assess(fake, W, { cwd: await work(), verifier, gate: { onError: 'pass' } });
  expect([result.verdict, exitCodeOf(result), result.workers[0]?.excusable]).toEqual(['inconclusive', 3, false]);
  const [worker] = result.workers;
  expect(worker?.findings[0]).toMatchObject({ gating: false, doubt: expect.stringContaining(why) });
  expect(worker?.reason).toContain(why);
  for (const report of [formatAssessmentResult(result), toMarkdown(result)]) expect(report).toContain('second look');
});

test('without money for a second look it is inconclusive, and the budget holds', async () => {
  const { fake, asked } = await models(look('confirmed'));
  const cwd = await work();
  const alone = await assess(fake, W, { cwd });
  const cost = alone.rlmMetrics.costUsd ?? 0;
  const result = await assess(fake, W, {
    cwd,
    verifier,
    cache: false,
    maxBudgetUsdPerWorker: cost + 1e-7,
    judge: { samplingArgs: { max_tokens: 200 } },
  });
  expect(result.workers[0]?.verdict).toBe('inconclusive');
  expect(asked).toEqual([]);
  expect(result.rlmMetrics.costUsd).toBeLessThanOrEqual(cost + 1e-7);
});

test('a budget for all workers serves their second looks, too, while others are still to be judged', async () => {
  const { fake, asked } = await models(look('confirmed'));
  const cwd = await work(Object.fromEntries([1, 2, 3, 4, 5, 6].map((n) => [`f${n}.ts`, `bad(id${n});\n`])));
  const workers = [1, 2, 3, 4, 5, 6].map((n) => ({ id: `w${n}`, files: [`f${n}.ts`] }));
  const options = { cwd, verifier, concurrency: 1, maxBudgetUsd: 0.6, judge: { samplingArgs: { max_tokens: 1000 } } };
  const result = await assess(fake, workers, options);
  expect(result.workers.map(({ verdict, findings }) => `${verdict} ${findings[0]?.verification?.reason}`)).toEqual(
    workers.map(() => 'fail Line 2 says so.'),
  );
  expect(asked).toHaveLength(6);
  expect(result.rlmMetrics.costUsd).toBeLessThan(0.6);
});

test('one fault confirmed and another refuted: it fails by the one, and the other is in doubt', async () => {
  const { fake } = await models(
    ({ messages }) => look(/worse\(id\);$/m.test(claimOf(messages)) ? 'refuted' : 'confirmed'),
    {
      review: finds(/bad\(|worse\(/, CLAIM),
    },
  );
  const result = await assess(fake, W, {
    cwd: await work({ 'a.ts': `bad(id);\n${'x();\n'.repeat(9)}worse(id);\n` }),
    verifier,
  });
  expect(result.verdict).toBe('fail');
  expect(result.workers[0]?.findings.map(({ gating, doubt }) => [gating, doubt !== null])).toEqual([
    [true, false],
    [false, true],
  ]);
});

function claimOf(messages: ModelRequest['messages']): string {
  return (
    /begins: log, "evidence:claim"[\s\S]*?\[evidence \w+ ends\]/.exec(
      messages.map(({ content }) => content).join('\n'),
    )?.[0] ?? ''
  );
}

test('what the verdict does not rest on is not asked about', async () => {
  const { fake, asked } = await models(look('refuted'), { review: finds(/bad\(/, { ...CLAIM, severity: 'medium' }) });
  const result = await assess(fake, W, { cwd: await work(), verifier });
  expect([result.verdict, asked.length, result.workers[0]?.findings[0]?.verification]).toEqual(['pass', 0, null]);
});

test('a finding by which a least score is missed is asked about: refuted, it lowers none, and nothing passes', async () => {
  const { fake, asked } = await models(look('refuted'), {
    level: 'excellent',
    review: finds(/bad\(/, { ...CLAIM, severity: 'medium' }),
  });
  const gate = { minScores: { security: 90 } };
  const result = await assess(fake, W, { cwd: await work(), verifier, gate });
  expect([result.verdict, asked.length, result.workers[0]?.security]).toEqual(['inconclusive', 1, 95]);
});

test('a policy that is made stricter afterwards finds findings without a second look: in doubt', async () => {
  const { fake } = await models(look('confirmed'), { review: finds(/bad\(/, { ...CLAIM, severity: 'medium' }) });
  const result = await assess(fake, W, { cwd: await work(), verifier });
  const strict = applyGate(result, { failOn: 'medium' });
  expect(strict.verdict).toBe('inconclusive');
  expect(strict.reason).toBe('could not be judged: w');
  expect(strict.workers[0]?.reason).toContain('no second look was taken at it');
});

test('equal findings are asked about once, by however many workers; kept answers are not asked for again', async () => {
  const { fake, asked } = await models(look('confirmed'));
  const repository = await Repository.create();
  await repository.branch('one', { 'a.ts': 'bad(id);\n' });
  await repository.branch('two', { 'a.ts': 'bad(id);\n', 'b.ts': 'fine();\n' });
  const workers = ['one', 'two'].map((id) => ({ id, branch: id, base: 'main' }));
  const cache = { dir: await temporaryFolder() };
  const options = { cwd: repository.path, verifier, cache };
  const first = await assess(fake, workers, options);
  expect([first.verdict, asked.length]).toEqual(['fail', 1]);
  const costs = first.workers.map(({ findings }) => findings[0]?.verification?.costUsd ?? 1);
  expect(costs.filter((cost) => cost === 0)).toHaveLength(1);
  const again = await assess(fake, workers, options);
  expect([again.verdict, asked.length, again.rlmMetrics.costUsd]).toEqual(['fail', 1, 0]);
  const other = await assess(fake, workers, { ...options, verifier: { model: 'gpt-4o' } });
  expect(other.workers[0]?.findings[0]?.verification?.model).toBe('gpt-4o');
});

test('with a store a second look is not paid twice, and its events are told', async () => {
  const { fake, asked } = await models(look('confirmed'));
  const cwd = await work();
  const events: AssessEvent[] = [];
  const options = {
    cwd,
    verifier,
    cache: false,
    store: memoryStore(),
    assessmentId: 'a',
    onEvent: (one: AssessEvent) => events.push(one),
  };
  const first = await assess(fake, W, options);
  const again = await assess(fake, W, options);
  expect([first.verdict, again.verdict, asked.length]).toEqual(['fail', 'fail', 1]);
  expect(again.rlmMetrics.costUsd).toBe(first.rlmMetrics.costUsd);
  expect(again.rlmMetrics.earlier).toMatchObject({ runs: 2 });
  const told = events.filter(({ type }) => type.startsWith('verification.')).map(({ type }) => type);
  expect(new Set(told)).toEqual(new Set(['verification.started', 'verification.event', 'verification.completed']));
});

test('a verifier without a key, or none at all, is told before anything is spent', async () => {
  const { fake } = await models(look('confirmed'));
  const cwd = await work();
  const none = await assess(fake, W, { cwd, verifier: { model: 'claude-x', backend: 'portkey' } });
  expect(none.workers[0]).toMatchObject({
    verdict: 'inconclusive',
    error: { code: 'no_model', message: expect.stringContaining('verifier: ') },
  });
  await expect(assess(fake, W, { cwd, verifier: { model: VERIFIER, backend: 'offline' } })).rejects.toMatchObject({
    code: 'invalid_options',
  });
  expect(fake.served).toEqual([]);
});
