import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aggregate } from '../../src/aggregate.ts';
import { parseBaseline, pruneBaseline, toBaseline } from '../../src/baseline.ts';
import { AssessmentResultSchema, Severity } from '../../src/result.ts';
import type { GatePolicy } from '../../src/types.ts';
import { exitCodeOf } from '../../src/verdict.ts';
import { finding, resultOf, worker } from '../support/results.ts';

const ERROR = { code: 'no_evidence', message: 'There is no work to judge.' };

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

test('an unverified finding never gates', () => {
  expect(verdictOf({ findings: [finding({ severity: 'critical', verified: false })] })).toEqual(['pass', 0]);
});

test('a finding below minAgreement never gates', () => {
  const samples = { samples: 3, findings: [finding({ agreement: 1 })] };
  expect(verdictOf(samples, { minAgreement: 2 })).toEqual(['pass', 0]);
  expect(verdictOf({ ...samples, findings: [finding({ agreement: 2 })] }, { minAgreement: 2 })).toEqual(['fail', 1]);
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
  expect(verdictOf({ overallScore: null }, { minScore: 1 })).toEqual(['inconclusive', 3]);
  expect(verdictOf({}, { minScores: { security: 90 } })).toEqual(['fail', 1]);
  expect(verdictOf({}, { minScores: { completeness: 1 } })).toEqual(['inconclusive', 3]);
});

test('a worker that could not be judged is inconclusive, whatever the gate; onError changes the exit code alone', () => {
  expect(verdictOf({ error: ERROR }, { failOn: 'never' })).toEqual(['inconclusive', 3]);
  expect(verdictOf({ error: ERROR }, { onError: 'pass' })).toEqual(['inconclusive', 0]);
});

test('a criterion that is not met and shown by no line does not pass', () => {
  const rubric = [{ id: 'tested', question: 'Is it?', outcome: 'not_met' as const, reason: 'No.' }];
  expect(verdictOf({ rubric })).toEqual(['inconclusive', 3]);
  expect(verdictOf({ rubric, findings: [finding({ rule: 'tested', severity: 'low' })] })).toEqual(['pass', 0]);
});

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
  const pruned = pruneBaseline(baseline, resultOf([worker({ findings: [kept] })]));
  expect(pruned.kept.findings.map(({ id }) => id)).toEqual([kept.id]);
  expect(pruned.pruned.findings.map(({ id }) => id)).toEqual([gone.id]);
  expect(() => parseBaseline('{"version":2}')).toThrow('toBaseline');
});
