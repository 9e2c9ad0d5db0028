import { expect, test } from 'vitest';
import { type AssessEvent, type AssessOptions, applyGate, assessWorkers, type WorkerSpec } from '../../src/index.ts';
import { finds, judgeOptions, provider, scriptedJudge } from '../support/judge.ts';
import { Repository, temporaryFolder } from '../support/repository.ts';

// An option that is undefined is as if it was not there. The types see to it that none is forgotten here.

type Undefined<T> = { [K in keyof Required<T>]: undefined };

const GATE: Undefined<NonNullable<AssessOptions['gate']>> = {
  failOn: undefined,
  minScore: undefined,
  minScores: undefined,
  minAgreement: undefined,
  scope: undefined,
  baseline: undefined,
  newOnly: undefined,
  allowNewSuppressions: undefined,
  onError: undefined,
  nothingToJudge: undefined,
  unshown: undefined,
};

const OPTIONS: Undefined<AssessOptions> = {
  cwd: undefined,
  base: undefined,
  criteria: undefined,
  outputDir: undefined,
  resolve: undefined,
  exclude: undefined,
  notWork: undefined,
  followLinks: undefined,
  maxFiles: undefined,
  maxFileBytes: undefined,
  maxBytes: undefined,
  maxFileChars: undefined,
  rubric: undefined,
  presets: undefined,
  samples: undefined,
  verifier: undefined,
  requireCoverage: undefined,
  gate: undefined,
  policyFiles: undefined,
  previous: undefined,
  judge: undefined,
  incremental: undefined,
  reference: undefined,
  context: undefined,
  concurrency: undefined,
  maxBudgetUsd: undefined,
  maxBudgetUsdPerWorker: undefined,
  cache: undefined,
  store: undefined,
  assessmentId: undefined,
  signal: undefined,
  onEvent: undefined,
};

const WORKER: Undefined<Omit<WorkerSpec, 'id'>> = {
  worktree: undefined,
  branch: undefined,
  repository: undefined,
  base: undefined,
  uncommitted: undefined,
  files: undefined,
  diff: undefined,
  outputs: undefined,
  logs: undefined,
  criteria: undefined,
};

const LEVELS = { codeQuality: undefined, completeness: undefined, security: undefined, gitHygiene: undefined };

test('options of a call, a worker, a gate and a judge that are undefined change no result', async () => {
  const folder = await Repository.at(await temporaryFolder());
  await folder.write({ 'a.ts': 'bad();\n' });
  const fake = await provider(scriptedJudge({ review: finds(/bad/, { severity: 'high', rule: 'bad-call' }) }));
  const [cwd, dir] = [folder.path, await temporaryFolder()];
  const plain = await assessWorkers([{ id: 'w', files: ['a.ts'] }], { cwd, cache: { dir }, judge: judgeOptions(fake) });
  fake.forget();
  const handed = await assessWorkers([{ ...WORKER, id: 'w', files: ['a.ts'] }], {
    ...OPTIONS,
    cwd,
    cache: { dir },
    gate: { ...GATE, minScores: LEVELS },
    rubric: [],
    judge: { ...judgeOptions(fake), maxTokens: undefined, logDir: undefined, samplingArgs: undefined },
  });
  expect(fake.served).toEqual([]);
  expect(plain.verdict).toBe('fail');
  expect({ ...handed, rlmMetrics: null }).toStrictEqual({ ...plain, rlmMetrics: null });
  expect(applyGate(plain, { ...GATE, minScores: LEVELS })).toStrictEqual(applyGate(plain, {}));
});

test('what the judge does by default it does when that is undefined: it writes no log', async () => {
  const folder = await Repository.at(await temporaryFolder());
  await folder.write({ 'a.ts': 'good();\n' });
  const fake = await provider(scriptedJudge({ review: finds(/bad/, {}) }));
  const judge = { ...judgeOptions(fake), logDir: undefined, maxDurationMs: undefined, maxSubCalls: undefined };
  const events: AssessEvent[] = [];
  const onEvent = (event: AssessEvent) => void events.push(event);
  const result = await assessWorkers([{ id: 'w', files: ['a.ts'] }], {
    cwd: folder.path,
    cache: false,
    judge,
    onEvent,
  });
  expect(result.verdict).toBe('pass');
  const logs = events.flatMap((one) =>
    one.type === 'sample.event' && 'logFile' in one.event ? [one.event.logFile] : [],
  );
  expect(logs).toEqual([null]);
});
