import { HANG, type Script } from '@rlm-bridge/fake-provider';
import { expect, test } from 'vitest';
import { type AssessedFinding, type AssessmentResult, type AssessOptions, assessWorkers } from '../../src/index.ts';
import { finds, judgeOptions, provider, scriptedJudge } from '../support/judge.ts';
import { Repository, temporaryFolder } from '../support/repository.ts';

// The handle of an assessment: a promise, its findings as they come, and one worker's end or second time.

const JUDGE = scriptedJudge({ review: finds(/bad/, { severity: 'high', rule: 'bad-call' }) });
/** Whoever reads a text with these words waits for ever. */
const hangingOn =
  (words: string): Script =>
  (request) =>
    request.kind === 'prompt' && request.text.includes(words) ? HANG : JUDGE(request);

const told = ({ workers }: AssessmentResult) => workers.map(({ workerId, verdict }) => `${workerId} ${verdict}`);

/** Workers `a`, `b`, …, each with one file of these texts; equal texts are one file, and so equal work. */
async function begin(script: Script, texts: readonly string[], options: AssessOptions = {}) {
  const fake = await provider(script);
  const folder = await Repository.at(await temporaryFolder());
  const names = texts.map((_, index) => String.fromCharCode(97 + index));
  await folder.write(Object.fromEntries(names.map((name, index) => [`${name}/x.ts`, texts[index] ?? ''])));
  const workers = names.map((id, index) => {
    const own = names[texts.indexOf(texts[index] ?? '')];
    return { id, files: [`${own}/*.ts`] };
  });
  const run = assessWorkers(workers, {
    cwd: folder.path,
    cache: { dir: await temporaryFolder() },
    judge: judgeOptions(fake),
    ...options,
  });
  return { run, fake };
}

test('findings come when their worker is judged, before the others are; aborted, one worker is inconclusive', async () => {
  const { run } = await begin(hangingOn('waits'), ['bad();\n', 'waits();\n', 'bad(2);\n']);
  const seen: string[] = [];
  for await (const { workerId, finding } of run) {
    seen.push(`${workerId} ${finding.rule}`);
    if (seen.length === 2) run.abortWorker('b');
  }
  expect(seen.sort()).toEqual(['a bad-call', 'c bad-call']);
  const result = await run;
  expect(told(result)).toEqual(['a fail', 'b inconclusive', 'c fail']);
  expect(result.workers[1]?.error).toEqual({ code: 'aborted', message: 'The judging of this worker was aborted.' });
  expect(await Array.fromAsync(run, ({ workerId }: AssessedFinding) => workerId)).toHaveLength(2);
});

test('what was aborted is never excused', async () => {
  const { run } = await begin(hangingOn('waits'), ['waits();\n'], { gate: { onError: 'pass' } });
  run.abortWorker('a');
  expect((await run).workers[0]).toMatchObject({ verdict: 'inconclusive', excusable: false });
});

test('of equal work one is aborted, and the other is judged', async () => {
  let isStuck = true;
  const script: Script = (request) => (isStuck && request.kind === 'prompt' ? HANG : JUDGE(request));
  // Which of them is judged for both is told by whose files are read first.
  const judged: string[] = [];
  const { run, fake } = await begin(script, ['bad();\n', 'bad();\n'], {
    onEvent: (event) => {
      if (event.type === 'sample.started') judged.push(event.workerId);
    },
  });
  while (!fake.served.some(({ request }) => request.kind === 'prompt')) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  isStuck = false;
  const [first = ''] = judged;
  run.abortWorker(first);
  const verdicts = ['a', 'b'].map((id) => `${id} ${id === first ? 'inconclusive' : 'fail'}`);
  expect(told(await run)).toEqual(verdicts);
  expect(judged).toEqual([first, first === 'a' ? 'b' : 'a']);
});

test.each([
  ['', {}],
  [', within a budget', { maxBudgetUsd: 1 }],
])('a worker that failed is judged again, and what it came to last is the result%s', async (_, more) => {
  let isBroken = true;
  const unreadable = scriptedJudge({ give: '"I cannot"' });
  const script: Script = (request) => (isBroken ? unreadable : JUDGE)(request);
  const completed: string[] = [];
  const { run } = await begin(script, ['bad();\n', 'good();\n'], {
    ...more,
    concurrency: 1,
    onEvent: (event) => {
      if (event.type !== 'worker.completed') return;
      completed.push(`${event.workerId} ${event.assessment.verdict}`);
      if (!isBroken) return;
      isBroken = false;
      run.retryWorker(event.workerId);
    },
  });
  expect(told(await run)).toEqual(['a fail', 'b pass']);
  expect(completed.sort()).toEqual(['a fail', 'a inconclusive', 'b pass']);
});

test('an abort of the whole ends the iteration and rejects the promise', async () => {
  const { run } = await begin(hangingOn('waits'), ['bad();\n', 'waits();\n']);
  const seen: AssessedFinding[] = [];
  for await (const one of run) {
    seen.push(one);
    run.abort(new Error('enough'));
  }
  expect(seen).toHaveLength(1);
  await expect(run).rejects.toMatchObject({
    code: 'aborted',
    cause: { message: 'enough' },
    result: { workers: [{ verdict: 'fail' }, { error: { code: 'aborted' } }] },
  });
});

test('a worker that is not there, and an assessment that has ended, are said', async () => {
  const { run } = await begin(JUDGE, ['good();\n']);
  expect(() => run.abortWorker('z')).toThrow('There is no worker "z" in this assessment. It has a.');
  await run;
  expect(() => run.retryWorker('a')).toThrow('The assessment has ended.');
  run.abortWorker('a');
});

test('what is wrong with the options rejects, and there is nothing to iterate', async () => {
  const run = assessWorkers([]);
  expect(await Array.fromAsync(run)).toEqual([]);
  await expect(run).rejects.toMatchObject({ code: 'no_workers' });
});
