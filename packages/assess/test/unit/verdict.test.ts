import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { GatePolicy } from '../../src/api/options.ts';
import type { AssessmentResult } from '../../src/api/result.ts';
import { AssessmentResultSchema } from '../../src/api/result-schema.ts';
import { Severity } from '../../src/api/terms.ts';
import type { Finding } from '../../src/api/worker-assessment.ts';
import { parseBaseline, pruneBaseline, toBaseline } from '../../src/baseline.ts';
import { verdictLine } from '../../src/reports/common.ts';
import { aggregate } from '../../src/verdict/aggregate.ts';
import { applyGate } from '../../src/verdict/apply-gate.ts';
import { exitCodeOf } from '../../src/verdict/verdict.ts';
import { finding, gradesOf, resultOf, worker } from '../support/results.ts';

const ERROR = { code: 'insufficient_coverage', message: 'A part of it was not read.' };

/** Verdict and exit code of one worker with these findings. */
function verdictOf(given: Parameters<typeof worker>[0], gate: GatePolicy = {}): [string, number] {
  const result = resultOf([worker(given)], gate);
  return [result.verdict, exitCodeOf(result)];
}

test('no finding passes; a finding at or above failOn fails; a milder one passes', () => {
  expect(verdictOf({})).toEqual(['pass', 0]);
  expect(verdictOf({ findings: [finding({ severity: 'critical' })] })).toEqual(['fail', 1]);
  expect(verdictOf({ findings: [finding()] })).toEqual(['fail', 1]);
  expect(verdictOf({ findings: [finding({ severity: 'medium' })] })).toEqual(['pass', 0]);
  expect(verdictOf({ findings: [finding({ severity: 'medium' })] }, { failOn: 'low' })).toEqual(['fail', 1]);
  expect(verdictOf({ findings: [finding({ severity: 'critical' })] }, { failOn: 'never' })).toEqual(['pass', 0]);
});

test('a critical or high finding whose quote cannot be verified is inconclusive, and said; a milder one passes', () => {
  for (const severity of ['critical', 'high'] as const) {
    const result = resultOf([worker({ findings: [finding({ severity, verified: false })] })]);
    expect([result.verdict, exitCodeOf(result), result.workers[0]?.findings[0]?.gating]).toEqual([
      'inconclusive',
      3,
      false,
    ]);
    expect(result.workers[0]?.reason).toBe(
      `in doubt: ${severity} sql-injection in src/db.ts:3 (its quote is not found in src/db.ts)`,
    );
  }
  expect(verdictOf({ findings: [finding({ severity: 'medium', verified: false })] })).toEqual(['pass', 0]);
  expect(verdictOf({ findings: [finding({ verified: false })] }, { failOn: 'critical' })).toEqual(['pass', 0]);
  expect(verdictOf({ findings: [finding({ verified: false })] }, { failOn: 'never' })).toEqual(['pass', 0]);
});

test('a finding below minAgreement never gates; a critical one is inconclusive, never silent', () => {
  const of = (given: Partial<Finding>) => ({ samples: 3, findings: [finding(given)] });
  expect(verdictOf(of({ agreement: 1 }), { minAgreement: 2 })).toEqual(['pass', 0]);
  expect(verdictOf(of({ agreement: 2 }), { minAgreement: 2 })).toEqual(['fail', 1]);
  expect(verdictOf(of({ agreement: 1, severity: 'critical' }), { minAgreement: 2 })).toEqual(['inconclusive', 3]);
  expect(verdictOf(of({ agreement: 1, verified: false }), { minAgreement: 2 })).toEqual(['pass', 0]);
  const critical = of({ agreement: 1, verified: false, severity: 'critical' });
  expect(verdictOf(critical, { minAgreement: 2 })).toEqual(['inconclusive', 3]);
});

test('what one sample calls critical and most call mild is inconclusive', () => {
  const findings = [finding({ severity: 'medium', worstSeverity: 'critical', agreement: 3 })];
  expect(verdictOf({ samples: 3, findings })).toEqual(['inconclusive', 3]);
  const high = [finding({ severity: 'medium', worstSeverity: 'high', agreement: 3 })];
  expect(verdictOf({ samples: 3, findings: high })).toEqual(['pass', 0]);
});

test('a finding of the baseline gates only when newOnly is off', () => {
  const known = finding();
  const gate = { baseline: [known.id] };
  expect(verdictOf({ findings: [known] }, gate)).toEqual(['pass', 0]);
  expect(verdictOf({ findings: [known] }, { ...gate, newOnly: false })).toEqual(['fail', 1]);
  expect(verdictOf({ findings: [known, finding({ file: 'new.ts' })] }, gate)).toEqual(['fail', 1]);
});

test('a score below its least fails; a score that is not there cannot reach one', () => {
  expect(verdictOf({}, { minScore: 80 })).toEqual(['pass', 0]);
  expect(verdictOf({}, { minScore: 81 })).toEqual(['fail', 1]);
  expect(verdictOf({ grades: gradesOf({}) }, { minScore: 1 })).toEqual(['inconclusive', 3]);
  expect(verdictOf({}, { minScores: { security: 90 } })).toEqual(['fail', 1]);
  expect(verdictOf({}, { minScores: { completeness: 1 } })).toEqual(['inconclusive', 3]);
});

test('a worker that could not be judged is inconclusive, whatever the gate; onError changes the exit code alone', () => {
  expect(verdictOf({ error: ERROR }, { failOn: 'never' })).toEqual(['inconclusive', 3]);
  expect(verdictOf({ error: ERROR }, { onError: 'pass' })).toEqual(['inconclusive', 0]);
});

test('a criterion that is not met and shown by no line does not pass', () => {
  const outcome = { id: 'tested', question: 'Is it?', outcome: 'not_met' as const, reason: 'No.' };
  const rubric = [{ ...outcome, severity: 'low' as const, notMetIn: 1 }];
  expect(verdictOf({ rubric })).toEqual(['inconclusive', 3]);
  expect(verdictOf({ rubric, findings: [finding({ rule: 'tested', severity: 'low' })] })).toEqual(['pass', 0]);
});

test('a criterion that is not met, shown on lines alone that the work did not touch, does not pass', () => {
  const outcome = { id: 'tested', question: 'Is it?', outcome: 'not_met' as const, reason: 'No.', notMetIn: 1 };
  const findings = [finding({ rule: 'tested', change: 'untouched', origin: 'existing' })];
  const of = (severity: 'high' | 'low') => ({ rubric: [{ ...outcome, severity }], findings });
  expect(verdictOf(of('high'))).toEqual(['inconclusive', 3]);
  expect(verdictOf(of('low'))).toEqual(['pass', 0]);
  const known = { baseline: findings.map(({ id }) => id) };
  expect(verdictOf(of('high'), known)).toEqual(['pass', 0]);
});

test('a dimension that is as bad as can be without a finding to show it is no pass', () => {
  const all = gradesOf({ codeQuality: 'unacceptable', security: 'unacceptable', gitHygiene: 'unacceptable' });
  expect(verdictOf({ grades: all })).toEqual(['inconclusive', 3]);
  const one = gradesOf({ codeQuality: 'excellent', security: 'unacceptable' });
  expect(verdictOf({ grades: one })).toEqual(['inconclusive', 3]);
  expect(verdictOf({ grades: one, findings: [finding({ severity: 'medium' })] })).toEqual(['pass', 0]);
  const elsewhere = [finding({ severity: 'medium', category: 'code' })];
  expect(verdictOf({ grades: one, findings: elsewhere })).toEqual(['inconclusive', 3]);
  expect(verdictOf({ grades: one, findings: [finding({ severity: 'low', verified: false })] })).toEqual([
    'inconclusive',
    3,
  ]);
  const known = [finding({ severity: 'critical' })];
  expect(verdictOf({ grades: one, findings: known }, { baseline: [known[0]?.id ?? ''] })).toEqual(['pass', 0]);
  expect(verdictOf({ grades: gradesOf({ security: 'poor' }) })).toEqual(['pass', 0]);
});

test('a worker without one score that counts is inconclusive, whatever the gate', () => {
  expect(verdictOf({ grades: gradesOf({}) })).toEqual(['inconclusive', 3]);
  expect(verdictOf({ grades: gradesOf({}) }, { failOn: 'never' })).toEqual(['inconclusive', 3]);
  expect(verdictOf({ grades: gradesOf({ gitHygiene: 'good' }) })).toEqual(['pass', 0]);
});

test('a finding says what the work did to its lines, and scope decides what fails', () => {
  const of = (change: Finding['change'], origin: Finding['origin'], scope: 'changed' | 'all' = 'changed') =>
    verdictOf({ findings: [finding({ change, origin, severity: 'critical' })] }, { scope })[0];
  expect(of('added', 'introduced')).toBe('fail');
  expect(of('changed', 'introduced')).toBe('fail');
  expect(of('added', 'existing')).toBe('fail');
  // The line that a mend removed; the check that a change deleted; and a removed line of which nobody says which it is.
  expect(of('removed', 'mended')).toBe('pass');
  expect(of('removed', 'introduced')).toBe('fail');
  expect(of('removed', 'existing')).toBe('inconclusive');
  expect(of('removed', null)).toBe('inconclusive');
  // A line that was there before; one that the work made wrong; and one beside what was deleted.
  expect(of('untouched', 'existing')).toBe('pass');
  expect(of('untouched', 'introduced')).toBe('fail');
  expect(of('untouched', null)).toBe('inconclusive');
  expect(of('untouched', 'existing', 'all')).toBe('fail');
  expect(of('removed', 'mended', 'all')).toBe('pass');
  expect(of('removed', null, 'all')).toBe('inconclusive');
});

test('minScore: neither a finding that too few samples have, nor an accepted, a mended or an untouched one lowers it', () => {
  const critical = finding({ severity: 'critical', agreement: 2 });
  const gate = { minScore: 75, failOn: 'never' as const };
  expect(verdictOf({ samples: 3, findings: [critical] }, gate)).toEqual(['fail', 1]);
  expect(verdictOf({ samples: 3, findings: [critical] }, { ...gate, minAgreement: 3 })).toEqual(['pass', 0]);
  expect(verdictOf({ findings: [critical] }, { ...gate, baseline: [critical.id] })).toEqual(['pass', 0]);
  expect(verdictOf({ findings: [critical] }, { ...gate, baseline: [critical.id], newOnly: false })).toEqual([
    'fail',
    1,
  ]);
  expect(verdictOf({ findings: [{ ...critical, change: 'removed', origin: 'mended' }] }, gate)).toEqual(['pass', 0]);
  expect(verdictOf({ findings: [{ ...critical, change: 'untouched', origin: 'existing' }] }, gate)).toEqual([
    'pass',
    0,
  ]);
  expect(verdictOf({ findings: [{ ...critical, verified: false }] }, gate)).toEqual(['pass', 0]);
});

test('minScore: what one sample of three grades low is noise', () => {
  const noisy = gradesOf({ codeQuality: ['good', 'unacceptable', 'good'], security: ['good', 'good', 'unacceptable'] });
  expect(verdictOf({ samples: 3, grades: noisy }, { minScore: 80, minAgreement: 2 })).toEqual(['pass', 0]);
  const agreed = gradesOf({ codeQuality: ['good', 'poor', 'poor'], security: ['good', 'good', 'good'] });
  expect(verdictOf({ samples: 3, grades: agreed }, { minScore: 80, minAgreement: 2 })).toEqual(['fail', 1]);
});

test('what was found stands when a later sample failed: it fails, and says that not all was judged', () => {
  const error = { code: 'rate_limited', message: 'Sample 2 of 2 failed: too many requests.' };
  const result = resultOf([worker({ error, findings: [finding({ severity: 'critical' })] })], { onError: 'pass' });
  expect([result.verdict, result.success, exitCodeOf(result)]).toEqual(['fail', false, 1]);
  expect(result.workers[0]?.reason).toContain('not all of it could be judged: Sample 2 of 2 failed');
  // A score may have been higher with it.
  expect(verdictOf({ error }, { minScore: 99 })).toEqual(['inconclusive', 3]);
});

test('onError lets a failure of the judging through, and no misspelt worker, no hidden work, nothing that was found', () => {
  const exit = (given: Parameters<typeof worker>[0], gate: GatePolicy = {}) =>
    exitCodeOf(resultOf([worker(given), worker({ workerId: 'passing' })], { onError: 'pass', ...gate }));
  const failing = (code: string) => ({ error: { code, message: 'm' }, grades: gradesOf({}) });
  for (const code of ['rate_limited', 'budget_exceeded', 'insufficient_coverage', 'missing_api_key'])
    expect([code, exit(failing(code))]).toEqual([code, 0]);
  const ofTheWork = [
    'worker_not_found',
    'worker_ambiguous',
    'evidence_unreadable',
    'evidence_too_large',
    'no_evidence',
  ];
  for (const code of [...ofTheWork, 'aborted']) expect([code, exit(failing(code))]).toEqual([code, 3]);
  const found = finding({ severity: 'high', agreement: 1 });
  expect(exit({ ...failing('rate_limited'), findings: [found] }, { minAgreement: 2 })).toBe(3);
  expect(exit({ ...failing('rate_limited'), findings: [{ ...found, verified: false }] })).toBe(3);
  expect(exit({ ...failing('rate_limited'), findings: [finding({ severity: 'low' })] })).toBe(0);
  expect(exit({ findings: [finding({ verified: false })] })).toBe(3);
  expect(exit({ grades: gradesOf({ security: 'unacceptable' }) })).toBe(3);
  expect(exit({ grades: gradesOf({}) })).toBe(0);
  expect(exitCodeOf(resultOf([], { onError: 'pass' }))).toBe(3);
  const misspelt = worker({ workerId: 'typo', ...failing('worker_not_found') });
  expect(exitCodeOf(resultOf([misspelt, worker(failing('rate_limited'))], { onError: 'pass' }))).toBe(3);
});

test('a verdict line says that work was let through exactly when the exit code lets it', () => {
  const open = resultOf([worker({ error: { code: 'rate_limited', message: 'm' } })], { onError: 'pass' });
  expect([verdictLine(open).includes('let through'), exitCodeOf(open)]).toEqual([true, 0]);
  const shut = resultOf([worker({ error: { code: 'worker_not_found', message: 'm' } })], { onError: 'pass' });
  expect([verdictLine(shut).includes('let through'), exitCodeOf(shut)]).toEqual([false, 3]);
});

test.each<[string, (result: AssessmentResult) => unknown]>([
  ['findings without what the work did to their lines', (result) => drop(result.workers[0]?.findings[0], 'change')],
  ['findings without a severity', (result) => drop(result.workers[0]?.findings[0], 'severity')],
  [
    'a severity that there is not',
    (result) => Object.assign(result.workers[0]?.findings[0] ?? {}, { severity: 'blocker' }),
  ],
  [
    'agreement that is no number',
    (result) => Object.assign(result.workers[0]?.findings[0] ?? {}, { agreement: Number.NaN }),
  ],
  ['workers without grades', (result) => drop(result.workers[0], 'grades')],
  ['a score that is no number', (result) => Object.assign(result.workers[0] ?? {}, { security: Number.NaN })],
  ['a verdict without workers', (result) => drop(result, 'workers')],
])('a stored result of another version or with %s is refused, never decided', (_, spoil) => {
  const stored = structuredClone(resultOf([worker({ findings: [finding()] })]));
  spoil(stored);
  expect(() => applyGate(stored, {})).toThrowError(expect.objectContaining({ code: 'invalid_result' }));
});

function drop(from: object | undefined, name: string): void {
  if (from !== undefined) Reflect.deleteProperty(from, name);
}

test('of several workers the worst decides: fail, then inconclusive, then pass', () => {
  const failing = worker({ workerId: 'f', findings: [finding()] });
  const unjudged = worker({ workerId: 'u', error: ERROR });
  const passing = worker({ workerId: 'p' });
  const of = (...workers: Parameters<typeof resultOf>[0]) => {
    const { success, verdict } = resultOf(workers);
    return [success, verdict];
  };
  expect(of(passing, failing, unjudged)).toEqual([false, 'fail']);
  expect(of(passing, unjudged)).toEqual([false, 'inconclusive']);
  expect(of(passing, failing)).toEqual([true, 'fail']);
  expect(of(passing)).toEqual([true, 'pass']);
  expect(of()).toEqual([false, 'inconclusive']);
});

test('property: a stricter gate never turns fail into pass', () => {
  const findings = fc.array(
    fc.record({
      severity: fc.constantFrom(...Severity.options),
      verified: fc.boolean(),
      file: fc.constantFrom('a', 'b'),
    }),
    { maxLength: 5 },
  );
  fc.assert(
    fc.property(findings, fc.nat(3), fc.nat(3), fc.nat(100), (given, a, b, minScore) => {
      const [mild, strict] = [Math.min(a, b), Math.max(a, b)].map((at) => Severity.options[at]);
      const of = (gate: GatePolicy) => resultOf([worker({ findings: given.map((one) => finding(one)) })], gate).verdict;
      const before = of({ failOn: mild ?? 'high' });
      const after = of({ failOn: strict ?? 'high', minScore });
      if (before === 'fail') expect(after).toBe('fail');
    }),
  );
});

test('a result fits its own schema', () => {
  const result = resultOf([worker({ findings: [finding({ suggestion: 'Bind it.' })] }), worker({ error: ERROR })]);
  expect(AssessmentResultSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
});

test('aggregates are computed from the verified findings', () => {
  const workers = [
    worker({ workerId: 'a', findings: [finding({ severity: 'critical', suggestion: 'Bind it.' })] }),
    worker({
      workerId: 'b',
      findings: [finding({ file: 'b.ts' }), finding({ verified: false, severity: 'critical' })],
    }),
  ];
  expect(aggregate(workers)).toEqual({
    totalIssues: 3,
    criticalIssues: 1,
    commonPatterns: ['sql-injection: 2 findings in 2 files of 2 workers'],
    recommendations: ['src/db.ts:3: Bind it.'],
  });
});

test('a baseline holds the verified findings, is read back, and is pruned of what is gone', () => {
  const [kept, gone] = [finding(), finding({ file: 'gone.ts' })];
  const result = resultOf([worker({ findings: [kept, gone, finding({ file: 'x.ts', verified: false })] })]);
  const baseline = parseBaseline(JSON.stringify(toBaseline(result)));
  expect(baseline.findings.map(({ file }) => file)).toEqual(['gone.ts', 'src/db.ts']);
  const evidence = { ...worker().evidence, documents: ['src/db.ts', 'gone.ts'] };
  const pruned = pruneBaseline(baseline, resultOf([worker({ findings: [kept], evidence })], { failOn: 'never' }));
  expect(pruned.kept.findings.map(({ id }) => id)).toEqual([kept.id]);
  expect(pruned.pruned.findings.map(({ id }) => id)).toEqual([gone.id]);
  expect(() => parseBaseline('{"version":2}')).toThrow('toBaseline');
});

test('prune takes out what was looked for and is gone, and nothing else: not in another checkout, nor without a verdict', () => {
  const baseline = toBaseline(resultOf([worker({ findings: [finding()] })]));
  const of = (given: Parameters<typeof worker>[0]) => {
    const { kept, pruned, unjudged } = pruneBaseline(baseline, resultOf([worker(given)]));
    return [kept, pruned, unjudged].map(({ findings }) => findings.length);
  };
  expect(of({})).toEqual([0, 1, 0]);
  expect(of({ evidence: { ...worker().evidence, documents: ['other.ts'] } })).toEqual([1, 0, 1]);
  expect(of({ error: ERROR })).toEqual([1, 0, 1]);
  expect(of({ findings: [finding({ verified: false, file: 'b.ts' })] })).toEqual([1, 0, 1]);
});

test('what the work mended is no part of a baseline: it would be let be when it comes back', () => {
  expect(
    toBaseline(resultOf([worker({ findings: [finding({ change: 'removed', origin: 'mended' })] })])).findings,
  ).toEqual([]);
});

test('of several workers one with nothing to judge takes no verdict from the others, and is named', () => {
  const empty = worker({ workerId: 'e', grades: gradesOf({}), nothingToJudge: 'nothing changed' });
  const of = (...workers: Parameters<typeof resultOf>[0]) => {
    const result = resultOf(workers);
    return [result.verdict, exitCodeOf(result), result.reason];
  };
  expect(of(empty, worker())).toEqual(['pass', 0, '1 of 2 pass; nothing to judge in e']);
  expect(of(empty, worker({ findings: [finding()] }))).toEqual(['fail', 1, 'fails: auth']);
  expect(of(empty, worker({ error: ERROR }))).toEqual(['inconclusive', 3, 'could not be judged: auth']);
  expect(of(empty, { ...empty, workerId: 'f' })).toEqual(['nothing_to_judge', 0, 'nothing to judge in e, f']);
  const open = resultOf([empty, worker({ error: ERROR, grades: gradesOf({}) })], { onError: 'pass' });
  expect(exitCodeOf(open)).toBe(0);
});
