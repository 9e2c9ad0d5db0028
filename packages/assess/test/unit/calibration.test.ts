import { expect, test } from 'vitest';
import type { CalibrationResult, Label, StrayFinding } from '../../src/api/calibration.ts';
import type { Finding } from '../../src/api/worker-assessment.ts';
import { calibrationOf } from '../../src/calibration/calibration-of.ts';
import { worksOf } from '../../src/calibration/works.ts';
import { CalibrationResultSchema, formatCalibration, parseLabels, toCalibrationHtml } from '../../src/index.ts';
import { finding, resultOf, worker } from '../support/results.ts';

// Figures of labels and results alone; calibrate.test.ts has them of real runs.

const JUDGE = {
  rootModel: 'sonnet',
  subModel: 'haiku',
  verifier: null,
  samples: 1,
  incremental: false,
  rubric: ['no-injection'],
  rubricHash: 'a',
  queryVersion: 3,
};
type Judge = Omit<typeof JUDGE, 'verifier'> & { verifier: string | null };

const defect = (file: string, given: Partial<Label> = {}): Label =>
  ({ label: 'defect', file, lines: [3, 3], rule: 'no-injection', severity: 'critical', ...given }) as Label;
const clean = (file: string, given: Partial<Label> = {}): Label => ({ label: 'clean', file, ...given }) as Label;

/** What labels and findings, those of each file together, come to. */
function calibrated(
  labels: Label[],
  found: Record<string, Partial<Finding>[]> = {},
  {
    judge = JUDGE,
    previous = null,
    score = 80,
  }: { judge?: Judge; previous?: CalibrationResult | null; score?: number } = {},
) {
  const works = worksOf(labels);
  const workers = works.map(({ id }) =>
    worker({
      workerId: id,
      samples: judge.samples,
      findings: (found[id] ?? []).map((one) =>
        finding({ file: id, rule: 'no-injection', severity: 'critical', ...one }),
      ),
      overallScore: score,
    }),
  );
  const result = resultOf(workers);
  for (const one of result.workers) one.overallScore = score;
  return calibrationOf(works, result, { judge, targetPrecision: 0.8, previous });
}

const strays = (all: StrayFinding[]) => all.map(({ file, startLine }) => `${file}:${startLine}`);

test('a finding at the place of a fault, or two lines off, is it; one of another rule, or farther off, is not', () => {
  const labels = ['a', 'b', 'c', 'd'].map((name) => defect(name));
  const result = calibrated(labels, {
    a: [{ startLine: 3, endLine: 3 }],
    b: [{ startLine: 6, endLine: 7 }],
    c: [{ startLine: 7, endLine: 7 }],
    d: [{ rule: 'missing-docs' }],
  });
  expect(result.overall.recall).toMatchObject({ hits: 2, of: 4, value: 0.5 });
  expect(result.missed.map(({ file }) => file)).toEqual(['c', 'd']);
  // Nobody says that they are false.
  expect([result.overall.precision.of, strays(result.unlabelled)]).toEqual([2, ['c:7', 'd:3']]);
});

test('names of one family are one rule; others are by "also"; a copy may be shown at either place', () => {
  const labels = [
    defect('a', { rule: 'no-secrets', also: ['strange-name'] }),
    defect('b', { rule: 'no-secrets' }),
    defect('c', { rule: 'no-duplicated-code', work: 'w', alsoAt: [{ file: 'd', lines: [9, 12] }] }),
  ];
  const result = calibrated(labels, {
    a: [{ rule: 'strange-name' }],
    b: [{ rule: 'hardcoded-credential' }],
    w: [{ file: 'd', startLine: 10, endLine: 11, rule: 'copied-helper' }],
  });
  expect(result.overall.recall).toMatchObject({ hits: 3, of: 3 });
  expect(result.rules.map(({ rule, recall, precision }) => [rule, recall.hits, precision.hits])).toEqual([
    ['no-duplicated-code', 1, 1],
    ['no-secrets', 2, 2],
  ]);
});

test('what is found where labels say clean is false, by the label: in its file, its lines, of its rule', () => {
  const labels = [
    clean('a'),
    clean('b', { lines: [1, 2] }),
    clean('c', { rule: 'no-secrets' }),
    defect('d'),
    clean('d'),
  ];
  const result = calibrated(labels, {
    a: [{}],
    b: [
      { startLine: 9, endLine: 9 },
      { startLine: 2, endLine: 2 },
    ],
    c: [{}, { rule: 'leaked-key' }],
    d: [{}, { startLine: 40, endLine: 40 }],
  });
  expect(strays(result.falseFindings)).toEqual(['a:3', 'b:2', 'c:3', 'd:40']);
  expect(strays(result.unlabelled)).toEqual(['b:9', 'c:3']);
  expect(result.overall.precision).toMatchObject({ hits: 1, of: 5 });
});

test('of several findings of one fault one counts; what is not verified, or was not judged, counts nowhere', () => {
  const result = calibrated([defect('a'), clean('a')], {
    a: [{}, { rule: 'sql-injection' }, { verified: false, startLine: 90 }],
  });
  expect([result.overall.precision.hits, result.overall.precision.of, result.unverified]).toEqual([1, 1, 1]);
  const works = worksOf([defect('a'), clean('b')]);
  const unread = worker({ workerId: 'b', error: { code: 'rate_limited', message: 'Too many requests.' } });
  const half = calibrationOf(works, resultOf([worker({ workerId: 'a' }), unread]), {
    judge: JUDGE,
    targetPrecision: 0.8,
    previous: null,
  });
  expect(half.labels).toMatchObject({
    works: 1,
    defects: 1,
    clean: 0,
    unjudged: [{ work: 'b', reason: 'Too many requests.' }],
  });
});

const many = (count: number, name: string) => Array.from({ length: count }, (_, at) => `${name}${at}`);

test('a threshold is suggested where the data shows it, the mildest severity that passes in a row', () => {
  const right = many(20, 'r');
  const wrong = many(9, 'w');
  const labels = [...right.map((name) => defect(name)), ...wrong.map((name) => clean(name))];
  const found = Object.fromEntries([
    ...right.map((name) => [name, [{}]]),
    ...wrong.map((name) => [name, [{ severity: 'low' as const }]]),
  ]);
  const { thresholds } = calibrated(labels, found);
  expect(thresholds.failOn).toEqual({ value: 'critical', reason: 'critical or worse: 20 of 20 right, 84 % to 100 %' });
  expect(thresholds.minAgreement.value).toBe(1);
});

test.each([
  ['too few labels are told, however good they are', 15, 0, /15 of 15 right.*Too few labels: at least 16 findings/],
  ['a precision that is not there is told', 8, 12, /8 of 20 right, .*: that does not show 80 %$/],
  ['nothing is told of nothing', 0, 0, /^Too few labels: there are no findings that they speak of/],
])('no threshold: %s', (_, right, wrong, reason) => {
  const labels = [...many(right, 'r').map((name) => defect(name)), ...many(wrong, 'w').map((name) => clean(name))];
  const found = Object.fromEntries([...many(right, 'r'), ...many(wrong, 'w')].map((name) => [name, [{}]]));
  const { failOn, minAgreement } = calibrated(labels.length > 0 ? labels : [clean('a')], found).thresholds;
  expect([failOn.value, minAgreement.value]).toEqual([null, null]);
  expect(failOn.reason).toMatch(reason);
});

test('a severity with too few findings to show anything does not end it: four critical ones, and twenty high', () => {
  const critical = many(4, 'c');
  const high = many(20, 'h');
  const wrong = many(20, 'm');
  const labels = [...[...critical, ...high].map((name) => defect(name)), ...wrong.map((name) => clean(name))];
  const found = Object.fromEntries([
    ...critical.map((name) => [name, [{}]]),
    ...high.map((name) => [name, [{ severity: 'high' as const }]]),
    ...wrong.map((name) => [name, [{ severity: 'medium' as const }]]),
  ]);
  const { failOn } = calibrated(labels, found).thresholds;
  expect(failOn).toEqual({ value: 'high', reason: 'high or worse: 24 of 24 right, 86 % to 100 %' });
});

test('more samples are asked for where one is not enough', () => {
  const right = many(20, 'r');
  const wrong = many(20, 'w');
  const found = Object.fromEntries([
    ...right.map((name) => [name, [{ agreement: 3 }]]),
    ...wrong.map((name) => [name, [{ agreement: 1 }]]),
  ]);
  const labels = [...right.map((name) => defect(name)), ...wrong.map((name) => clean(name))];
  const result = calibrated(labels, found, { judge: { ...JUDGE, samples: 3 } });
  expect([result.thresholds.failOn.value, result.thresholds.minAgreement.value]).toEqual(['critical', 2]);
  // Of 40 subjects 20 are found by all and 20 by one: P = 2/3, and by chance (2/3)² + (1/3)² = 5/9.
  expect([result.agreement?.subjects, result.agreement?.findings?.toFixed(4)]).toEqual([40, '0.2500']);
});

test('scores: the share of sound works in each bin, and whether sound works score higher', () => {
  const works = worksOf([defect('bad'), clean('good'), clean('part', { rule: 'no-secrets' })]);
  const scored = (workerId: string, overallScore: number) => worker({ workerId, overallScore });
  const result = resultOf([scored('bad', 20), scored('good', 95), scored('part', 95)]);
  for (const [at, one] of result.workers.entries()) one.overallScore = [20, 95, 95][at] ?? null;
  const { scores } = calibrationOf(works, result, { judge: JUDGE, targetPrecision: 0.8, previous: null });
  expect(scores.ranking).toBe(1);
  expect(scores.bins.map(({ from, sound }) => [from, sound.hits, sound.of])).toEqual([
    [0, 0, 0],
    [20, 0, 1],
    [50, 0, 0],
    [80, 0, 0],
    [95, 1, 1],
  ]);
});

test('what changed: the judge, the questions, and figures outside of the interval that they had', () => {
  const labels = many(20, 'r').map((name) => defect(name));
  const all = Object.fromEntries(many(20, 'r').map((name) => [name, [{}]]));
  const before = calibrated(labels, all);
  const same = calibrated(labels, all, { previous: before });
  expect(same.changes).toEqual({ judge: [], sameLabels: true, figures: [] });
  const half = Object.fromEntries(many(10, 'r').map((name) => [name, [{}]]));
  const judge = { ...JUDGE, rootModel: 'opus', rubric: ['no-injection', 'tested'] };
  const { changes } = calibrated(labels, half, { previous: before, judge });
  expect(changes?.judge).toEqual(['rootModel: opus, was sonnet', 'questions added: tested']);
  expect(changes?.figures.map(({ name }) => name)).toEqual([
    'recall of all findings',
    'recall of no-injection',
    'recall of severity critical',
  ]);
});

test('what a second look made of faults and of false findings', () => {
  const verification = (outcome: 'confirmed' | 'refuted') => ({ model: 'o', outcome, reason: 'So.', costUsd: 0 });
  const found = { a: [{ verification: verification('confirmed') }], b: [{ verification: verification('refuted') }] };
  const { verifier } = calibrated([defect('a'), clean('b')], found, { judge: { ...JUDGE, verifier: 'o' } });
  expect([verifier?.defects.confirmed, verifier?.falseFindings.refuted]).toEqual([1, 1]);
});

test('a calibration survives JSON, and is told as text and as a page that runs nothing', () => {
  const message = '<script>alert(1)</script> & "more"';
  const result = calibrated([defect('a'), clean('b')], { a: [{}], b: [{ message }] });
  expect(CalibrationResultSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
  const text = formatCalibration(result);
  expect(text).toContain('no-injection       1 of 2, 50 % (9 to 91)');
  expect(text).toContain('critical no-injection in b:3 (b): <script>');
  const page = toCalibrationHtml(result);
  expect(page).toMatch(
    /<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-[\w+/=]+'; /,
  );
  expect(page).not.toMatch(/<script|\son\w+=|style="|https?:/);
  expect(page).toContain('&#60;script&#62;alert(1)');
});

test.each([
  ['no JSON', '{', /^Line 1 of the labels is no JSON/],
  ['another label', '\n{"label":"good","file":"a"}', /^Line 2 of the labels: label: /],
  ['a fault without a place', '{"label":"defect","file":"a","rule":"x","severity":"high"}', /lines: /],
  [
    'lines that end before they begin',
    '{"label":"clean","file":"a","lines":[3,2]}',
    /must be the first line and the last one/,
  ],
  ['nothing that it is said of', '{"label":"clean"}', /must name a file or a commit/],
  ['a field that is not known', '{"label":"clean","file":"a","severty":"low"}', /severty/],
])('labels: %s is refused with its line', (_, jsonl, message) => {
  expect(() => parseLabels(jsonl)).toThrow(message);
});

test('works: a commit is judged as a change of its parent, a file whole and by its very name', () => {
  const labels = parseLabels('{"label":"clean","commit":"abc"}\n{"label":"clean","file":"src/[id].ts"}\n');
  expect(worksOf(labels).map(({ spec }) => spec)).toEqual([
    { id: 'abc', branch: 'abc', base: 'abc^' },
    { id: 'src/[id].ts', files: ['src/\\[id\\].ts'] },
  ]);
  expect(() => worksOf([clean('a', { commit: 'x', work: 'w' }), clean('a', { commit: 'y', work: 'w' })])).toThrow(
    'several commits',
  );
});
