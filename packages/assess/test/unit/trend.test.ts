import { expect, test } from 'vitest';
import { toMarkdown, trendLine } from '../../src/index.ts';
import { finding, resultOf, worker } from '../support/results.ts';

const before = resultOf([worker({ findings: [finding({ severity: 'low', quote: 'mild()' })] })]);
const now = resultOf([
  worker({ findings: [finding({ severity: 'critical' }), finding({ severity: 'low', quote: 'mild()' })] }),
  worker({ workerId: 'docs' }),
]);

test('what changed against the last result of the base branch, and what did not', () => {
  const [was, is] = [before, now].map(({ workers }) =>
    Math.min(...workers.map(({ overallScore }) => overallScore ?? 0)),
  );
  expect(is).toBeLessThan(was ?? 0);
  expect(trendLine(before, now)).toBe(
    `Against the base branch: PASS to FAIL, score ${was} to ${is}, findings 1 to 2, failing 0 to 1`,
  );
  expect(trendLine(before, before)).toBe(
    `Against the base branch: PASS as before, score ${was} as before, findings 1 as before, failing 0 as before`,
  );
});

test('where a worker has no score there is none, and findings of the baseline do not count', () => {
  const known = finding();
  const accepted = resultOf([worker({ findings: [known] })], { baseline: [known.id] });
  const unjudged = resultOf([worker({ error: { code: 'rate_limited', message: 'Later.' }, grades: emptyGrades() })]);
  expect(trendLine(accepted, unjudged)).toMatch(/PASS to INCONCLUSIVE, score \d+ to none, findings 0 as before/);
});

test('the summary has the line, below the verdict, when it is given the result', () => {
  expect(toMarkdown(now, before).split('\n')[2]).toContain('Against the base branch');
  expect(toMarkdown(now)).not.toContain('Against');
});

function emptyGrades() {
  const none = { given: [], missing: 'None.' };
  return { codeQuality: none, completeness: none, security: none, gitHygiene: none };
}
