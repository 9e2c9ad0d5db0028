import { expect, test } from 'vitest';
import { DIMENSIONS, type Level } from '../../src/api/terms.ts';
import type { Finding } from '../../src/api/worker-assessment.ts';
import { type DocumentKind, type EvidenceDocument, plainLines } from '../../src/evidence/document.ts';
import type { Sample } from '../../src/judge/sample.ts';
import { gradesOf, judgeableDimensions, type Scores, scores } from '../../src/verdict/score.ts';

function documents(...kinds: DocumentKind[]): EvidenceDocument[] {
  return kinds.map((kind) => ({ name: kind, kind, facts: [], lines: plainLines(['x']) }));
}

function sample(level: Level): Sample {
  const dimensions = Object.fromEntries(DIMENSIONS.map((name) => [name, { level, reason: `It is ${level}.` }]));
  return { answer: { dimensions, criteria: {}, findings: [], summary: 's' }, coverage: 1 };
}

const security = (severity: Finding['severity']) => ({ severity, category: 'security' as const });

function scored(
  levels: Level[],
  given: { found?: ReturnType<typeof security>[]; kinds?: DocumentKind[]; agree?: number } = {},
): Scores {
  const { found = [], kinds = ['file'], agree = 1 } = given;
  return scores(gradesOf(levels.map(sample), documents(...kinds)), found, agree);
}

test.each([
  [['file'], ['codeQuality', 'security']],
  [
    ['file', 'criteria'],
    ['codeQuality', 'completeness', 'security'],
  ],
  [
    ['file', 'commits'],
    ['codeQuality', 'security', 'gitHygiene'],
  ],
  [['transcript'], []],
  [['transcript', 'criteria'], []],
] as const)('evidence of %j allows to judge %j', (kinds, expected) => {
  expect(judgeableDimensions(documents(...kinds))).toEqual(expected);
});

test('a dimension without evidence has no score and says why; the overall score is of the others', () => {
  const { overallScore, completeness, gitHygiene, scoreReasons } = scored(['good']);
  expect([overallScore, completeness, gitHygiene]).toEqual([80, null, null]);
  expect(scoreReasons.gitHygiene).toBe('There is no evidence for it: no commit.');
  expect(scoreReasons.completeness).toBe('There is no evidence for it: no acceptance criteria.');
  expect(scored(['good'], { kinds: ['transcript'] }).overallScore).toBeNull();
});

test.each([
  ['critical', 20],
  ['high', 50],
  ['medium', 80],
  ['low', 95],
] as const)('a finding that counts and is %s caps its dimension at %d, and no other', (severity, cap) => {
  const kinds: DocumentKind[] = ['file', 'criteria', 'commits'];
  const found = scored(['excellent'], { found: [security(severity)], kinds });
  expect([found.codeQuality, found.completeness, found.security, found.gitHygiene]).toEqual([95, 95, cap, 95]);
  expect(found.overallScore).toBe(Math.round(95 * 0.75 + cap * 0.25));
});

test('of several samples the middle level counts, of two the worse one', () => {
  expect(scored(['excellent', 'poor', 'good']).security).toBe(80);
  expect(scored(['excellent', 'poor']).security).toBe(40);
});

test('a level that fewer samples than minAgreement give is noise: it lowers no score', () => {
  expect(scored(['good', 'unacceptable', 'good'], { agree: 2 }).security).toBe(80);
  expect(scored(['good', 'unacceptable'], { agree: 2 }).security).toBe(80);
  expect(scored(['unacceptable', 'unacceptable', 'good'], { agree: 2 }).security).toBe(15);
  expect(scored(['unacceptable'], { agree: 9 }).security).toBe(15);
});
