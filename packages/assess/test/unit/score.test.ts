import { expect, test } from 'vitest';
import { type DocumentKind, type EvidenceDocument, plainLines } from '../../src/evidence/document.ts';
import type { AgreedFinding } from '../../src/findings/agreement.ts';
import type { Level } from '../../src/judge/answer.ts';
import type { Sample } from '../../src/judge/sample.ts';
import { DIMENSIONS } from '../../src/result.ts';
import { judgeableDimensions, scores } from '../../src/score.ts';

function documents(...kinds: DocumentKind[]): EvidenceDocument[] {
  return kinds.map((kind) => ({ name: kind, kind, facts: [], lines: plainLines(['x']) }));
}

function sample(level: Level): Sample {
  const dimensions = Object.fromEntries(DIMENSIONS.map((name) => [name, { level, reason: `It is ${level}.` }]));
  return { answer: { dimensions, criteria: {}, findings: [], summary: 's' }, coverage: 1 };
}

const security = (severity: AgreedFinding['severity'], verified = true): AgreedFinding => ({
  severity,
  category: 'security',
  rule: 'r',
  message: 'm',
  file: 'f',
  startLine: 1,
  endLine: 1,
  quote: 'q',
  verified,
  agreement: 1,
});

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
  const { overallScore, completeness, gitHygiene, scoreReasons } = scores([sample('good')], [], documents('file'));
  expect([overallScore, completeness, gitHygiene]).toEqual([80, null, null]);
  expect(scoreReasons.gitHygiene).toBe('There is no evidence for it: no commit.');
  expect(scoreReasons.completeness).toBe('There is no evidence for it: no acceptance criteria.');
  expect(scores([sample('good')], [], documents('transcript')).overallScore).toBeNull();
});

test.each([
  ['critical', 20],
  ['high', 50],
  ['medium', 80],
  ['low', 95],
] as const)('a verified finding that is %s caps its dimension at %d, and no other', (severity, cap) => {
  const all = documents('file', 'criteria', 'commits');
  const scored = scores([sample('excellent')], [security(severity)], all);
  expect([scored.codeQuality, scored.completeness, scored.security, scored.gitHygiene]).toEqual([95, 95, cap, 95]);
  expect(scored.overallScore).toBe(Math.round(95 * 0.75 + cap * 0.25));
  expect(scores([sample('excellent')], [security(severity, false)], all).security).toBe(95);
});

test('of several samples the middle level counts, of two the worse one', () => {
  const of = (...levels: Level[]) => scores(levels.map(sample), [], documents('file')).security;
  expect(of('excellent', 'poor', 'good')).toBe(80);
  expect(of('excellent', 'poor')).toBe(40);
});
