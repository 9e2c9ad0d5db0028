import { expect, test } from 'vitest';
import { formatAssessmentResult, toGitHubAnnotations, toMarkdown, toRdjson } from '../../src/index.ts';
import { finding, resultOf, worker } from '../support/results.ts';

// A reader who sees only the beginning of a report must have seen the worst of it.

const failing = Array.from({ length: 12 }, (_, n) =>
  worker({
    workerId: `worker-${n}`,
    findings: [
      finding({ severity: 'high', file: `src/a${n}.ts`, rule: 'leak' }),
      finding({ severity: 'low', file: `src/b${n}.ts`, rule: 'style' }),
      ...(n === 11 ? [finding({ severity: 'critical', file: 'src/z.ts', rule: 'injection' })] : []),
    ],
  }),
);
const result = resultOf(failing);

test('the verdicts of many workers are one annotation, and the others are on files, the worst first', () => {
  const errors = toGitHubAnnotations(result)
    .split('\n')
    .filter((line) => line.startsWith('::error '));
  expect(errors[0]).toMatch(/^::error title=rlm assess::rlm assess: FAIL: .*%0Aworker-0: FAIL: .*%0Aworker-11: FAIL: /);
  expect(errors[1]).toContain('file=src/z.ts,');
  expect(errors.slice(1, 10).filter((line) => line.includes('file=src/'))).toHaveLength(9);
});

test('the summary and the diagnostics begin with the critical finding of the last worker', () => {
  const items = toMarkdown(result)
    .split('\n')
    .filter((line) => /^- \**(?:critical|high|medium|low) /.test(line));
  expect(items).toHaveLength(25);
  expect(items[0]).toMatch(/^- \*\*critical injection\*\* of worker-11 in ` src\/z\.ts:3 `/);
  const codes = JSON.parse(toRdjson(result)).diagnostics.map((one: { code: { value: string } }) => one.code.value);
  expect(codes.slice(0, 14)).toEqual([...Array.from({ length: 12 }, () => 'rlm-verdict-fail'), 'injection', 'leak']);
});

test('so does the text of a worker', () => {
  const [, ...text] = formatAssessmentResult(resultOf(failing.slice(11))).split('\n');
  const found = text.filter((line) => /^ {2}[!?-] /.test(line)).map((line) => line.split(' ')[3]);
  expect(found).toEqual(['critical', 'high', 'low']);
});

test('what fails the gate is before what is worse and does not; what is verified before what is not', () => {
  const findings = [
    finding({ severity: 'critical', verified: false, rule: 'unverified' }),
    finding({ severity: 'critical', rule: 'older', change: 'untouched', origin: 'existing' }),
    finding({ severity: 'high', rule: 'gating' }),
  ];
  const codes = JSON.parse(toRdjson(resultOf([worker({ findings })]))).diagnostics;
  expect(codes.map((one: { code: { value: string } }) => one.code.value).slice(1)).toEqual([
    'gating',
    'older',
    'unverified',
  ]);
});

test("rdjson's source is the same whatever the verdict: reviewdog knows its comments again by it", () => {
  const sources = [result, resultOf([worker()]), resultOf([])].map((one) => JSON.parse(toRdjson(one)).source);
  expect(new Set(sources.map((source) => JSON.stringify(source))).size).toBe(1);
});
