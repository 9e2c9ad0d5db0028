import type { AssessOptions, Criterion, GatePolicy } from '@rlm-bridge/assess';
import { memoryStore } from 'rlm-bridge';
import { expect, test } from 'vitest';
import { stricter } from '../../src/policy/stricter.ts';

const asks = (id: string, severity: Criterion['severity']): Criterion => ({ id, question: `Is it ${id}?`, severity });

/** Of each field: what one side says, what the other says, and what holds whoever of them is the file. */
const GATE: { [K in keyof GatePolicy]-?: [looser: GatePolicy[K], stricter: GatePolicy[K]][] } = {
  failOn: [
    ['never', 'critical'],
    ['critical', 'high'],
    ['high', 'medium'],
    ['medium', 'low'],
    ['never', 'low'],
  ],
  minScore: [[60, 80]],
  minScores: [[{ security: 50 }, { security: 70 }]],
  minAgreement: [[2, 1]],
  scope: [['changed', 'all']],
  baseline: [[['a', 'b'], ['a']]],
  newOnly: [[true, false]],
  allowNewSuppressions: [[true, false]],
  onError: [['pass', 'fail']],
  nothingToJudge: [
    ['pass', 'inconclusive'],
    ['inconclusive', 'fail'],
    ['pass', 'fail'],
  ],
  unshown: [
    ['pass', 'alone'],
    ['alone', 'inconclusive'],
    ['inconclusive', 'fail'],
    ['pass', 'fail'],
  ],
};

const rows = Object.entries(GATE).flatMap(([field, pairs]) => pairs.map((pair) => [field, ...pair] as const));

test.each(rows)('gate.%s: a file makes %j stricter by %j, and never looser', (field, loose, strict) => {
  const [loosely, strictly]: AssessOptions[] = [{ gate: { [field]: loose } }, { gate: { [field]: strict } }];
  expect(stricter(loosely ?? {}, strictly ?? {})).toEqual(strictly);
  expect(stricter(strictly ?? {}, loosely ?? {})).toEqual(strictly);
  expect(stricter({}, loosely ?? {})).toEqual(loosely);
  expect(stricter(loosely ?? {}, {})).toEqual(loosely);
});

test.each<[keyof AssessOptions, AssessOptions, AssessOptions]>([
  ['samples', { samples: 1 }, { samples: 3 }],
  ['requireCoverage', { requireCoverage: 0.5 }, { requireCoverage: 1 }],
  ['maxBudgetUsd', { maxBudgetUsd: 5 }, { maxBudgetUsd: 2 }],
  ['maxBudgetUsdPerWorker', { maxBudgetUsdPerWorker: 5 }, { maxBudgetUsdPerWorker: 2 }],
  ['followLinks', { followLinks: true }, { followLinks: false }],
  ['presets', { presets: ['dry'] }, { presets: ['dry', 'security'] }],
  ['rubric', { rubric: [asks('a', 'low')] }, { rubric: [asks('a', 'high')] }],
])('%s: the stricter holds, whoever says it', (_, loosely, strictly) => {
  expect(stricter(loosely, strictly)).toEqual(strictly);
  expect(stricter(strictly, loosely)).toEqual(strictly);
});

test.each<[keyof AssessOptions, AssessOptions, AssessOptions]>([
  ['exclude', { exclude: ['*.lock'] }, { exclude: ['**'] }],
  ['notWork', { notWork: ['rlm.sarif'] }, { notWork: ['src'] }],
  ['criteria', { criteria: 'Every test runs.' }, { criteria: 'None.' }],
  ['base', { base: 'main' }, { base: 'work' }],
  ['cwd', { cwd: '/a' }, { cwd: '/b' }],
  ['outputDir', { outputDir: 'a' }, { outputDir: 'b' }],
  ['cache', { cache: false }, { cache: { dir: 'planted' } }],
  ['store', { store: memoryStore() }, { store: memoryStore() }],
  ['assessmentId', { assessmentId: 'asked' }, { assessmentId: 'filed' }],
  ['maxFileChars', { maxFileChars: 10 }, { maxFileChars: 20 }],
  ['maxFiles', { maxFiles: 10 }, { maxFiles: 20 }],
  ['maxFileBytes', { maxFileBytes: 10 }, { maxFileBytes: 20 }],
  ['maxBytes', { maxBytes: 10 }, { maxBytes: 20 }],
  ['concurrency', { concurrency: 1 }, { concurrency: 9 }],
  ['judge', { judge: { rootModel: 'asked' } }, { judge: { rootModel: 'filed' } }],
])('%s: the command line replaces what the file says', (_, asked, filed) => {
  expect(stricter(asked, filed)).toEqual(asked);
});

test('documents beside the work are those of both, by one name those of the command line', () => {
  const [asked, filed] = [{ context: { a: 'asked', b: 'asked' } }, { context: { b: 'filed', c: 'filed' } }];
  expect(stricter(asked, filed)).toEqual({ context: { a: 'asked', b: 'asked', c: 'filed' } });
});

test('what each of them asks alone is asked by both', () => {
  const asked = { gate: { failOn: 'high', minScores: { security: 70 } }, rubric: [asks('a', 'low')] } as const;
  const filed = { gate: { minScore: 60, minScores: { codeQuality: 50 } }, rubric: [asks('b', 'high')] } as const;
  expect(stricter(asked, filed)).toEqual({
    gate: { failOn: 'high', minScore: 60, minScores: { security: 70, codeQuality: 50 } },
    rubric: [asks('a', 'low'), asks('b', 'high')],
  });
});
