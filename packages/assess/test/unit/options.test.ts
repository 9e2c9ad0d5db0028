import { readFile } from 'node:fs/promises';
import { memoryStore } from 'rlm-bridge';
import { expect, test } from 'vitest';
import { ASSESS_ERROR_CODES, WORKER_ERROR_CODES } from '../../src/api/errors.ts';
import { DEFAULT_ASSESS_OPTIONS, DEFAULT_GATE } from '../../src/api/options.ts';
import { assessmentResultJsonSchema, assessWorkers } from '../../src/index.ts';
import { answerSchema } from '../../src/judge/answer.ts';
import { readSample } from '../../src/judge/sample.ts';
import { UnheardCalls } from '../../src/judge/unheard-calls.ts';
import { VERSION } from '../../src/version.ts';

const W = [{ id: 'w', files: ['*'] }];

test.each([
  ['an unknown option', W, { rubrik: [] }, 'rubrik'],
  ['an unknown field of a worker', [{ id: 'w', file: 'x' }], {}, 'workers.0'],
  ['two kinds of work in one worker', [{ id: 'w', files: ['*'], branch: 'b' }], {}, 'exactly one of'],
  ['no work in a worker', [{ id: 'w', criteria: 'x' }], {}, 'exactly one of'],
  ['an empty id', [''], {}, 'workers.0'],
  ['an id with a line end', ['a\nb'], {}, 'control characters'],
  ['no list', 'w', {}, 'workers'],
  ['a severity that does not exist', W, { gate: { failOn: 'severe' } }, 'options.gate.failOn'],
  ['a score out of range', W, { gate: { minScore: 101 } }, 'options.gate.minScore'],
  ['more agreement than samples', W, { gate: { minAgreement: 2 } }, 'at most samples'],
  ['coverage of nothing', W, { requireCoverage: 0 }, 'options.requireCoverage'],
  ['an option of the judge that is ours', W, { judge: { schema: {} } }, 'must not have'],
  ['a preset that does not exist', W, { presets: ['all'] }, 'options.presets'],
  [
    'a criterion twice',
    W,
    { rubric: [{ id: 'no-secrets', question: 'q', severity: 'low' }], presets: ['security'] },
    'twice',
  ],
  ['a store that is none', W, { store: {}, assessmentId: 'a' }, 'must be a store of runs'],
  ['a store without an assessment', W, { store: memoryStore() }, 'options.assessmentId: must be given with store'],
  ['an assessment without a store', W, { assessmentId: 'a' }, 'options.store: must be given with assessmentId'],
  ['an id of no file', W, { store: memoryStore(), assessmentId: 'a:b' }, 'letters, digits and'],
  ['a run of one id', W, { judge: { runId: 'one' } }, 'must not have'],
  ['no budget at all', W, { maxBudgetUsd: 0 }, 'options.maxBudgetUsd'],
])('refused before anything starts: %s', async (_, workers, options, words) => {
  const error = await assessWorkers(workers as [], options as object).catch((reason) => reason);
  expect(error).toMatchObject({ name: 'AssessError', code: 'invalid_options' });
  expect(error.message).toContain(words);
});

test('two workers of one id are refused', async () => {
  await expect(assessWorkers(['a', { id: 'a', files: ['*'] }])).rejects.toMatchObject({
    code: 'duplicate_worker',
    message: 'More than one worker is called a. Give each an id of its own.',
  });
});

test('pins: codes, defaults, version', async () => {
  expect(ASSESS_ERROR_CODES).toEqual([
    'invalid_options',
    'invalid_result',
    'no_workers',
    'duplicate_worker',
    'aborted',
  ]);
  expect(WORKER_ERROR_CODES).toMatchInlineSnapshot(`
    [
      "worker_not_found",
      "worker_ambiguous",
      "evidence_unreadable",
      "evidence_too_large",
      "no_evidence",
      "no_model",
      "insufficient_coverage",
      "evidence_not_read",
      "unreadable_answer",
      "budget_exhausted",
      "assessment_in_progress",
      "assessment_changed",
      "aborted",
    ]
  `);
  expect(DEFAULT_ASSESS_OPTIONS).toEqual({
    maxFileChars: 1_000_000,
    maxFiles: 50_000,
    maxFileBytes: 100_000_000,
    maxBytes: 500_000_000,
    samples: 1,
    requireCoverage: 1,
    concurrency: 2,
    maxDurationMsPerSample: 900_000,
    maxRefusals: 3,
  });
  expect(DEFAULT_GATE).toEqual({
    failOn: 'high',
    allowNewSuppressions: false,
    minAgreement: 1,
    scope: 'changed',
    onError: 'fail',
    nothingToJudge: 'pass',
    unshown: 'alone',
  });
  const manifest = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(VERSION).toBe(manifest.version);
});

test('the JSON Schema of the result names every field', () => {
  const { properties } = assessmentResultJsonSchema as { properties: object };
  expect(Object.keys(properties)).toEqual([
    'success',
    'verdict',
    'reason',
    'gate',
    'workers',
    'aggregateFindings',
    'rlmMetrics',
    'error',
  ]);
});

const ANSWER = { dimensions: {}, criteria: {}, findings: [], summary: 'Read.' };
const SCHEMA = { schema: answerSchema([], []), requireCoverage: 1 };

/** A run that claims success, as no worker of ours would give it. */
function claimed(given: object) {
  const run: object = { success: true, answer: ANSWER, coverage: { seenFraction: 1, documents: [] }, ...given };
  return run as Parameters<typeof readSample>[0];
}

test.each([
  ['coverage was not measured', { coverage: null }, 'insufficient_coverage'],
  ['nothing was read', { coverage: { seenFraction: 0, documents: [] } }, 'insufficient_coverage'],
  ['a little is unread', { coverage: { seenFraction: 0.9999, documents: [] } }, 'insufficient_coverage'],
  ['the answer is text', { answer: 'all good' }, 'unreadable_answer'],
  ['the answer has a score of its own', { answer: { ...ANSWER, overallScore: 100 } }, 'unreadable_answer'],
])('a success is no judgement when %s', (_, given, code) => {
  expect(readSample(claimed(given), SCHEMA)).toMatchObject({ sample: null, error: { code } });
  expect(readSample(claimed({}), SCHEMA)).toMatchObject({ sample: { answer: ANSWER, coverage: 1 }, error: null });
});

test('evidence that was sent to be read and was not is no judgement, however little of it is asked for; it is named', () => {
  const documents = [
    { name: 'db.ts', chars: 9, seenFraction: 0.2 },
    { name: 'ok.ts', chars: 9, seenFraction: 1 },
  ];
  const run = claimed({ coverage: { seenFraction: 0.9, documents } });
  const demands = { ...SCHEMA, requireCoverage: 0.5 };
  expect(readSample(run, { ...demands, unheard: null })).toMatchObject({
    sample: { coverage: 0.9 },
    unread: ['db.ts'],
  });
  const { sample, error } = readSample(run, { ...demands, unheard: '1 refused' });
  expect([sample, error]).toEqual([
    null,
    {
      code: 'evidence_not_read',
      message: 'Sub-calls that were to read the evidence gave no answer (1 refused). Not read to the end: db.ts.',
    },
  ]);
});

const completed = (given: object) => ({
  type: 'call.completed',
  role: 'llm_query',
  outcome: 'succeeded',
  finishReason: 'stop',
  ...given,
});

test.each([
  ['every reply ended by itself', [completed({})], null],
  [
    'one was refused, two cut',
    [
      completed({ finishReason: 'length' }),
      completed({ finishReason: 'refused', outcome: 'failed' }),
      completed({ finishReason: 'length' }),
    ],
    '2 length, 1 refused',
  ],
  ['one failed without a reply', [completed({ finishReason: null, outcome: 'failed' })], '1 failed'],
  ['the root was cut, and goes on', [completed({ role: 'root', finishReason: 'length' })], null],
  ['a child was blocked', [completed({ role: 'child', finishReason: 'refused' })], '1 refused'],
  [
    'a server dropped the beginning',
    [{ type: 'log', level: 'warning', message: 'The server dropped a part.' }],
    '1 warning: The server dropped a part.',
  ],
  ['the run said something', [{ type: 'log', level: 'info', message: 'ok' }], null],
])('sub-calls that gave no answer are counted by how they ended: %s', (_, events, expected) => {
  const calls = new UnheardCalls();
  for (const event of events) calls.note(event as Parameters<UnheardCalls['note']>[0]);
  expect(calls.description).toBe(expected);
});
