import { expect, test } from 'vitest';
import type { GatePolicy } from '../../src/api/options.ts';
import { type EvidenceDocument, plainLines } from '../../src/evidence/document.ts';
import { agree } from '../../src/findings/agreement.ts';
import type { JudgeFinding } from '../../src/findings/judge-finding.ts';
import type { CheckedFinding } from '../../src/findings/verify-findings.ts';
import type { JudgeAnswer } from '../../src/judge/answer.ts';
import { comparedWith, judgedAssessment } from '../../src/verdict/assessment.ts';
import { decide } from '../../src/verdict/verdict.ts';

const NOWHERE = { source: 'diff', path: null, branch: null, base: null, head: null, dirty: null } as const;

// Findings of several samples that are one, by place and substance; and those that are not.

const checked = (given: Partial<CheckedFinding> = {}): CheckedFinding => ({
  severity: 'high',
  category: 'security',
  rule: 'sql-injection',
  message: 'Injection.',
  file: 'src/db.ts',
  startLine: 2,
  endLine: 2,
  quote: 'const sql = "select " + id;',
  verified: true,
  tolerated: [],
  change: 'added',
  origin: 'introduced',
  lines: [],
  beside: [],
  startColumn: 1,
  endColumn: 28,
  ...given,
});
const found = (samples: CheckedFinding[][]) => agree(samples).map(({ rule, agreement }) => [rule, agreement]);

test('findings of one place in several samples are one, with the number of samples that have it', () => {
  const agreed = agree([[checked()], [checked({ rule: 'injection', endLine: 3 })], [checked({ file: 'b.ts' })]]);
  expect(agreed.map(({ file, rule, agreement }) => [file, rule, agreement])).toEqual([
    ['src/db.ts', 'sql-injection', 2],
    ['b.ts', 'sql-injection', 1],
  ]);
});

test('two findings of one sample never count as agreement', () => {
  expect(agree([[checked(), checked({ rule: 'other' })]]).map(({ agreement }) => agreement)).toEqual([1, 1]);
});

test('an unverified finding never lends its vote to a verified one', () => {
  expect(agree([[checked()], [checked({ verified: false })]]).map(({ agreement }) => agreement)).toEqual([1, 1]);
});

test.each([
  [['critical', 'low'], 'critical'],
  [['low', 'low', 'critical'], 'low'],
  [['critical', 'high', 'low'], 'high'],
] as const)('of severities %j the middle one counts: %s', (severities, expected) => {
  expect(agree(severities.map((severity) => [checked({ severity })]))[0]?.severity).toBe(expected);
});

test.each<[string, Partial<CheckedFinding>[]]>([
  ['another category', [{}, { category: 'code' }, { category: 'completeness' }]],
  [
    'another rule name',
    [{}, { rule: 'injection-risk' }, { rule: 'unsafe-query', message: 'SQL injection through id.' }],
  ],
  [
    'another rule name and category',
    [{}, { rule: 'query-injection', category: 'code' }, { rule: 'sqli', category: 'code' }],
  ],
  ['adjacent lines', [{}, { startLine: 3, endLine: 3 }, { startLine: 1, endLine: 1 }]],
  ['a few lines that enclose it', [{}, { startLine: 1, endLine: 6 }, { startLine: 5, endLine: 5 }]],
  [
    'words of its own',
    [
      { rule: 'a', message: 'The id reaches the statement unbound.' },
      { rule: 'b', message: 'Statement is built from id, unbound.' },
      { rule: 'c', message: 'An unbound id in the statement' },
    ],
  ],
  ['names of one family', [{ rule: 'hard-coded-key' }, { rule: 'leaked-credential' }, { rule: 'secret-in-source' }]],
])('three samples agree on a finding that each gives with %s', (_, given) => {
  expect(agree(given.map((one) => [checked(one)])).map(({ agreement }) => agreement)).toEqual([3]);
});

test('two different rules on one line never merge, and none vanishes', () => {
  const key = checked({ rule: 'hard-coded-key', message: 'A key.' });
  const both = [checked(), key];
  expect(found([both])).toEqual([
    ['hard-coded-key', 1],
    ['sql-injection', 1],
  ]);
  expect(found([[checked()], [key]])).toEqual([
    ['sql-injection', 1],
    ['hard-coded-key', 1],
  ]);
  expect(found([both, [key]])).toEqual([
    ['hard-coded-key', 2],
    ['sql-injection', 1],
  ]);
  expect(found([both, [...both].reverse(), both])).toEqual([
    ['hard-coded-key', 3],
    ['sql-injection', 3],
  ]);
  const other = checked({ rule: 'slow-loop', category: 'code', message: 'It walks the list for each row.' });
  expect(found([[checked()], [other]])).toHaveLength(2);
});

test('names that tell nothing: said word for word alike they agree, and both stay', () => {
  const named = (rule: string, message = 'The call is refused.') => [checked({ rule, message })];
  expect(found([named('one'), named('other'), named('third')])).toEqual([
    ['one', 3],
    ['other', 3],
    ['third', 3],
  ]);
  expect(found([named('one'), named('other', 'It waits for ever.')]).map(([, agreement]) => agreement)).toEqual([1, 1]);
  expect(found([named('sql-injection'), named('hard-coded-key')]).map(([, agreement]) => agreement)).toEqual([1, 1]);
});

test('findings of other files, or far from each other, are two', () => {
  expect(found([[checked()], [checked({ file: 'b.ts' })]])).toHaveLength(2);
  expect(found([[checked()], [checked({ startLine: 9, endLine: 9 })]])).toHaveLength(2);
});

test('that the work brings a fault in is said once and stands; that it is mended must be said by all', () => {
  const of = (...origins: CheckedFinding['origin'][]) =>
    agree(origins.map((origin) => [checked({ change: 'removed', origin })]))[0]?.origin;
  expect(of('mended', 'introduced')).toBe('introduced');
  expect(of('mended', null)).toBe(null);
  expect(of('mended', 'mended')).toBe('mended');
});

const LINES = ['first();', 'second();', 'third();', 'fourth();', 'fifth();', 'sixth();', 'seventh();', 'eighth();'];
const FILE: EvidenceDocument = { name: 'a.ts', kind: 'file', facts: [], lines: plainLines(LINES, '+') };
const CRITERION = { id: 'tested', question: 'Is it tested?', severity: 'high' } as const;

/** The verdict over samples that each give findings, and call the criterion met or not. */
async function verdictOf(
  samples: { findings: Partial<JudgeFinding>[]; met?: boolean }[],
  gate: GatePolicy,
): Promise<string> {
  const grade = { level: 'good', reason: 'It is.' } as const;
  const answers = samples.map(({ findings, met = true }): JudgeAnswer => {
    const whole = findings.map((one) => {
      const line = one.startLine ?? 1;
      const place = { file: 'a.ts', startLine: line, endLine: line, quote: LINES[line - 1] ?? '' };
      return { severity: 'high', category: 'code', rule: 'defect', message: 'Wrong.', ...place, ...one } as const;
    });
    const outcome = met ? 'met' : 'not_met';
    const dimensions = { codeQuality: grade, security: grade };
    return { dimensions, criteria: { tested: { outcome, reason: 'r' } }, findings: whole, summary: 's' };
  });
  const judged = answers.map((answer) => ({ answer, coverage: 1 }));
  const collected = {
    evidence: { documents: [FILE], omitted: [], provenance: NOWHERE, nothingToJudge: null },
    chars: 9,
  };
  const all = { samples: judged, refused: [], unread: new Set<string>(), error: null };
  const assessed = comparedWith(null, await judgedAssessment('w', collected, all, [CRITERION]), collected.evidence, []);
  return decide({ ...assessed, policyChanges: [] }, gate).verdict;
}

const TWO = { minAgreement: 2 };

test('--min-agreement: what all three samples find fails, whatever they call it and whichever line they quote', async () => {
  const named = (...given: Partial<JudgeFinding>[]) =>
    verdictOf(
      given.map((one) => ({ findings: [one] })),
      TWO,
    );
  expect(await named({}, { category: 'security' }, { category: 'completeness' })).toBe('fail');
  expect(await named({ startLine: 3 }, { startLine: 4 }, { startLine: 5 })).toBe('fail');
  expect(
    await named({ rule: 'eval' }, { rule: 'eval-of-input' }, { rule: 'arbitrary-code', category: 'security' }),
  ).toBe('fail');
});

test('--min-agreement: a criterion that is not met in all three samples, shown on three lines, fails', async () => {
  const shown = (startLine: number, met = false) => ({ met, findings: [{ rule: 'tested', startLine }] });
  expect(await verdictOf([shown(1), shown(4), shown(8)], TWO)).toBe('fail');
  expect(await verdictOf([shown(1), shown(4), { findings: [] }], TWO)).toBe('fail');
  expect(await verdictOf([shown(1), { findings: [] }, { findings: [] }], TWO)).toBe('pass');
});

test('--min-agreement: noise in one of three samples passes; what is critical is inconclusive, never silent', async () => {
  const clean = { findings: [] };
  expect(await verdictOf([{ findings: [{}] }, clean, clean], TWO)).toBe('pass');
  expect(await verdictOf([{ findings: [{ severity: 'critical' }] }, clean, clean], TWO)).toBe('inconclusive');
  const apart = [1, 5].map((startLine) => ({ findings: [{ startLine, severity: 'critical' as const }] }));
  expect(await verdictOf([...apart, clean], TWO)).toBe('inconclusive');
});
