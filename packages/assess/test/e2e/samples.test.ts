import { repl } from '@rlm-bridge/fake-provider';
import { expect, test } from 'vitest';
import { type AssessmentResult, exitCodeOf } from '../../src/index.ts';
import { assess, finds, type JudgeScript, provider, scriptedJudge } from '../support/judge.ts';
import { Repository, temporaryFolder } from '../support/repository.ts';

// Several samples of one worker: what agrees, what is noise, and what stands when one of them fails.

/** What tells the runs apart in their requests: the first turn of each leaves it in all that follow. */
const MARK = /run-(\d+)\b/;
const judgeOf = (script: JudgeScript = {}) =>
  scriptedJudge({
    read: 'texts = llm_query_batched([run + "\\nReview this document.\\n" + text for text in context.values()])',
    ...script,
  });

const bad = judgeOf({ review: finds(/bad/, { severity: 'critical', category: 'security', rule: 'bad-call' }) });
const clean = judgeOf();
type Judge = ReturnType<typeof scriptedJudge>;
const tooMany = { status: 429, message: 'too many requests', retryAfterS: 0 };

async function folderOf(text: string): Promise<string> {
  const folder = await Repository.at(await temporaryFolder());
  await folder.write({ 'a.ts': text });
  return folder.path;
}

/** Judges, one for each run in the order in which they begin; null: from its second turn on it gets 429 for as long as it asks. */
async function judged(
  judges: (Judge | null)[],
  options: Parameters<typeof assess>[2] = {},
): Promise<AssessmentResult & { runs: number }> {
  let runs = 0;
  const fake = await provider(async (request) => {
    const mark = MARK.exec(request.messages.map(({ content }) => content).join('\n'))?.[1];
    if (mark === undefined && request.kind === 'turn') {
      runs += 1;
      return repl(`run = "run-${runs}"\nprint(run)`);
    }
    return (await judges[Math.min(Number(mark), judges.length) - 1]?.(request)) ?? tooMany;
  });
  const cwd = await folderOf('bad();\n');
  return { ...(await assess(fake, [{ id: 'w', files: ['*'] }], { cwd, ...options })), runs };
}

test('One failed sample throws nothing away: sample 1 finds a critical, sample 2 gets a 429, and it fails', async () => {
  const result = await judged([bad, null], { samples: 2, gate: { onError: 'pass' } });
  expect([result.verdict, result.success, exitCodeOf(result)]).toEqual(['fail', false, 1]);
  const [worker] = result.workers;
  expect(worker?.findings).toMatchObject([{ rule: 'bad-call', gating: true, agreement: 1 }]);
  expect(worker?.error).toMatchObject({ code: 'rate_limited' });
  expect(worker?.reason).toMatch(/not all of it could be judged: Sample [12] of 2 failed/);
});

test('a finding that was made is never let through, though too few samples were left to agree', async () => {
  const result = await judged([bad, null], { samples: 2, gate: { onError: 'pass', minAgreement: 2 } });
  expect([result.verdict, exitCodeOf(result)]).toEqual(['inconclusive', 3]);
  expect(result.workers[0]?.findings).toMatchObject([{ rule: 'bad-call', gating: false }]);
});

test('a sample that failed with nothing found leaves the worker inconclusive, which onError lets through', async () => {
  const strict = await judged([clean, null], { samples: 2 });
  expect([strict.verdict, exitCodeOf(strict), strict.workers[0]?.excusable]).toEqual(['inconclusive', 3, true]);
  const open = await judged([clean, null], { samples: 2, gate: { onError: 'pass' } });
  expect([open.verdict, exitCodeOf(open)]).toEqual(['inconclusive', 0]);
});

test('a sample that fails is retried once, and its second answer counts', async () => {
  const result = await judged([clean, null, bad], { samples: 2 });
  expect([result.verdict, result.success, result.workers[0]?.samples, result.runs]).toEqual(['fail', true, 2, 3]);
  expect((await judged([null, null, bad])).runs).toBe(2);
});

test('a retry is within the budget: without money for it, the first reason is the reason', async () => {
  const answerless = judgeOf({ give: '"I cannot"' });
  const result = await judged([answerless], { maxBudgetUsdPerWorker: 0.02 });
  expect(result.workers[0]?.error?.code).toMatch(/^(?:invalid_answer|budget_exceeded)$/);
  expect(result.rlmMetrics.costUsd).toBeLessThanOrEqual(0.02);
});

test('an answer that was refused has found what it found: it fails, and has no score', async () => {
  const give = '{**answer_value, "criteria": {"tested": {"outcome": "not_met", "reason": "No test."}}}';
  const unshown = judgeOf({ review: finds(/bad/, { severity: 'critical', rule: 'bad-call' }), give });
  const rubric = [{ id: 'tested', question: 'Is it tested?', severity: 'high' as const }];
  const result = await judged([unshown], { rubric, gate: { onError: 'pass' } });
  expect([result.verdict, exitCodeOf(result)]).toEqual(['fail', 1]);
  expect(result.workers[0]).toMatchObject({ overallScore: null, error: { code: 'invalid_answer' } });
});

test('--min-agreement: the same fault under another category, another name and on adjacent lines fails when all find it', async () => {
  const named = (given: object) => judgeOf({ review: finds(/bad/, { severity: 'high', rule: 'bad-call', ...given }) });
  const judges = [named({ category: 'security' }), named({ category: 'code' }), named({ rule: 'call-of-bad' })];
  const result = await judged(judges, { samples: 3, gate: { minAgreement: 2 } });
  expect(result.verdict).toBe('fail');
  expect(result.workers[0]?.findings).toMatchObject([{ agreement: 3, gating: true }]);
});

test('--min-agreement: what one of three finds critical is inconclusive, and onError does not let it through', async () => {
  const result = await judged([bad, clean, clean], { samples: 3, gate: { minAgreement: 2, onError: 'pass' } });
  expect([result.verdict, exitCodeOf(result)]).toEqual(['inconclusive', 3]);
  expect(result.workers[0]?.reason).toContain('only 1 of the 2 samples that are asked for have it');
});

test('noise in one of three samples lowers no score: minScore is met', async () => {
  const noisy = judgeOf({
    level: 'unacceptable',
    review: finds(/bad/, { severity: 'high', category: 'security', rule: 'noise' }),
  });
  const gate = { minScore: 80, minScores: { security: 80 }, minAgreement: 2 };
  const result = await judged([clean, noisy, clean], { samples: 3, gate });
  expect([result.verdict, result.workers[0]?.security]).toEqual(['pass', 80]);
});

test('a finding of two of three runs agrees twice, and minAgreement decides', async () => {
  const [both, one] = [/bad|odd/, /bad/].map((text) =>
    judgeOf({ review: finds(text, { severity: 'high', rule: 'bad-call' }) }),
  );
  const cwd = await folderOf('bad();\nodd();\n');
  const { workers } = await judged([both ?? null, one ?? null, both ?? null], {
    cwd,
    samples: 3,
    gate: { minAgreement: 3 },
  });
  const [worker] = workers;
  expect(worker?.findings.map(({ startLine, agreement, gating }) => [startLine, agreement, gating])).toEqual([
    [1, 3, true],
    [2, 2, false],
  ]);
  expect(worker?.samples).toBe(3);
});

test('the samples of a worker run side by side: each has begun before one of them is answered', async () => {
  const plain = scriptedJudge();
  const begun = new Set<number>();
  const all = Promise.withResolvers<void>();
  const fake = await provider(async (request) => {
    if (request.turn === 1) begun.add(request.number);
    if (begun.size === 3) all.resolve();
    await all.promise;
    return plain(request);
  });
  const result = await assess(fake, [{ id: 'w', files: ['*'] }], {
    cwd: await folderOf('a();\n'),
    samples: 3,
    concurrency: 1,
  });
  expect([result.verdict, result.workers[0]?.samples]).toEqual(['pass', 3]);
});
