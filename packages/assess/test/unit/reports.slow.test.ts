import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { anyText } from '../../../protocol/test/any-text.ts';
import type { AssessmentResult } from '../../src/api/result.ts';
import {
  formatAssessmentResult,
  toGitHubAnnotations,
  toGitLab,
  toJUnit,
  toMarkdown,
  toRdjson,
  toSarif,
  toSarifFiles,
} from '../../src/index.ts';
import { SARIF_MAX_RUNS } from '../../src/reports/sarif.ts';
import { namedIn, VERDICT_IN } from '../support/report-verdicts.ts';
import { finding, gradesOf, MANY_WORKERS, resultOf, worker } from '../support/results.ts';
import { validateSarif } from '../support/sarif-multitool.ts';

/** Everything that breaks a format when it is not escaped. */
const HOSTILE =
  'a "b" <c> & ]]> \u0000\u001b[31m\u2028\ud800 | `x` ![i](http://x) @all ::error:: %0A SARIF_BUILDER_INVALID';

const everyKind = resultOf(
  [
    worker({
      findings: [
        finding({ severity: 'critical', suggestion: 'Bind it.' }),
        finding({ severity: 'medium', file: 'docs/ü ä#?.md', quote: 'ü\nsecond line', endLine: 4 }),
        finding({ severity: 'critical', verified: false, file: 'src/x.ts' }),
        finding({ severity: 'low', file: 'evidence:commits', category: 'git', rule: 'bad-message' }),
        finding({ message: HOSTILE, quote: HOSTILE, file: 'a\\xE9 b.txt', suggestion: HOSTILE, severity: 'medium' }),
      ],
    }),
    worker({ workerId: 'clean' }),
    worker({ workerId: 'gone/away, 100%', error: { code: 'worker_not_found', message: HOSTILE } }),
  ],
  { failOn: 'critical' },
);
const passing = resultOf([worker()]);
const touching = resultOf([worker({ policyChanges: ['rlm.config.yaml'] })]);
const unjudged = resultOf([worker({ error: { code: 'insufficient_coverage', message: 'It was not read.' } })]);
const empty = worker({ workerId: 'idle', grades: gradesOf({}), nothingToJudge: `nothing changed ${HOSTILE}` });
const nothing = resultOf([empty]);
const beside = resultOf([worker(), empty]);
const shut = resultOf([empty], { nothingToJudge: 'fail' });
const results = { everyKind, passing, touching, unjudged, nothing, beside, shut, none: resultOf([]) };
const each = Object.entries(results);

const schema = (name: string) => readFileSync(new URL(`../schemas/${name}`, import.meta.url), 'utf8');

// The validator compiles its schema for each file, in 0.4 CPU seconds: runs of all results are in the files of one.
test('SARIF of each, and each of several files, is valid under the rules of SARIF and of GitHub; a rule without help is not', async () => {
  const broken = JSON.parse(toSarif(everyKind));
  for (const rule of broken.runs[0].tool.driver.rules) delete rule.help;
  const all = { ...everyKind, workers: each.flatMap(([, { workers }]) => workers) };
  const more = MANY_WORKERS.workers.slice(0, SARIF_MAX_RUNS + 1 - all.workers.length);
  const [first = '', second = ''] = toSarifFiles({ ...all, workers: [...all.workers, ...more] });
  const documents = each.map(([, result]) => JSON.parse(toSarif(result)));
  const { runs, ...around } = JSON.parse(first);
  expect(runs.slice(0, all.workers.length)).toEqual(documents.flatMap((document) => document.runs));
  const texts = { summary: expect.any(String), verdict: expect.any(String) };
  for (const document of documents) expect({ ...document, runs }).toEqual({ ...around, runs, properties: texts });
  const valid = { none: toSarif(results.none), first, second };
  const { withoutHelp, ...said } = await validateSarif({ ...valid, withoutHelp: JSON.stringify(broken) });
  expect(said).toEqual({ none: [], first: [], second: [] });
  expect(withoutHelp?.join()).toContain('GH');
});

test('JUnit XML of each fits its schema', async () => {
  const xml = each.map(([name, result]) => ({ fileName: `${name}.xml`, contents: toJUnit(result) }));
  const validation = await validateXML({ xml, schema: [schema('junit.xsd')] });
  expect(validation).toMatchObject({ errors: [], valid: true });
  for (const [name] of each) expect(validation.rawOutput).toContain(`${name}.xml validates`);
});

const ajv = new Ajv2020({ allErrors: true });
const ofGitLab = ajv.compile(JSON.parse(schema('gitlab.schema.json')));
const ofRdjson = ajv.compile(JSON.parse(schema('rdjson.schema.json')));

test.each(each)('GitLab and rdjson reports fit their schemas: %s', (_, result) => {
  ofGitLab(JSON.parse(toGitLab(result)));
  ofRdjson(JSON.parse(toRdjson(result)));
  expect([ofGitLab.errors, ofRdjson.errors]).toEqual([null, null]);
});

test("GitLab's fingerprints are unique and do not depend on lines", () => {
  const fingerprints = (result: AssessmentResult) =>
    JSON.parse(toGitLab(result)).map(({ fingerprint }: { fingerprint: string }) => fingerprint);
  const moved = resultOf(
    everyKind.workers.map((one) => ({
      ...one,
      findings: one.findings.map((found) => ({ ...found, startLine: 90, endLine: 95 })),
    })),
    { failOn: 'critical' },
  );
  expect(fingerprints(moved)).toEqual(fingerprints(everyKind));
  expect(new Set(fingerprints(everyKind)).size).toBe(fingerprints(everyKind).length);
});

/** The verdict as each report alone tells it. */
function verdictsOf(result: AssessmentResult): Record<string, string> {
  const sarif = toSarif(result);
  return {
    sarif: VERDICT_IN.sarif(sarif),
    sarifLine: namedIn(JSON.parse(sarif).properties.summary),
    junit: VERDICT_IN.junit(toJUnit(result)),
    gitlab: VERDICT_IN.gitlab(toGitLab(result)),
    rdjson: VERDICT_IN.rdjson(toRdjson(result)),
    markdown: VERDICT_IN.md(toMarkdown(result)),
    github: namedIn(toGitHubAnnotations(result)),
    text: namedIn(formatAssessmentResult(result)),
  };
}

// GitLab's report has entries of workers alone: none of several is the whole.
const whole = each.filter(([name]) => !['none', 'beside'].includes(name));

test.each(whole)('all reports carry the one verdict: %s', (_, result) => {
  const expected = Object.fromEntries(Object.keys(verdictsOf(result)).map((report) => [report, result.verdict]));
  expect(verdictsOf(result)).toEqual(expected);
});

test('equal results give equal bytes, whatever the run took', () => {
  const later = structuredClone(everyKind);
  later.rlmMetrics = { ...later.rlmMetrics, durationMs: 99, costUsd: 0, iterations: 0, cachedWorkers: 3 };
  for (const report of [toSarif, toJUnit, toMarkdown, toGitLab, toRdjson, toGitHubAnnotations]) {
    expect(report(later)).toBe(report(everyKind));
  }
});

test('property: annotations stay on their lines, and no text of a finding becomes a command', () => {
  fc.assert(
    fc.property(anyText(), (text) => {
      const hostile = `\n::set-output name=x::${text}\r\n::error::${text}`;
      const findings = [finding({ message: hostile, file: hostile, rule: 'r' })];
      const lines = toGitHubAnnotations(resultOf([worker({ workerId: hostile, findings })]))
        .trimEnd()
        .split(/[\r\n]+/);
      expect(lines).toHaveLength(3);
      for (const line of lines) expect(line).toMatch(/^::(?:error|warning|notice) /);
    }),
  );
});

test('property: Markdown of hostile text has no link, image, mention, HTML or line of its own', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('<b>', '![x](y)', '@all', '\n# h', '|', '`', 'http://x.y', '\\', 'w', ' ')),
      (parts) => {
        const findings = [finding({ message: parts.join('') })];
        const lines = toMarkdown(resultOf([worker({ findings })])).split('\n');
        const [item = ''] = lines.filter((line) => line.startsWith('- **high'));
        const message = item.slice(item.indexOf('`: ') + 3, item.lastIndexOf('` db.query'));
        expect(message).not.toMatch(/[<>@|[\]\\]|:\/\//);
        expect(lines.filter((line) => line.startsWith('#'))).toHaveLength(3);
      },
    ),
  );
});

test('only what gates is an error; what is in doubt is a warning', () => {
  const levels = JSON.parse(toSarif(everyKind)).runs[0].results.map((one: { level: string }) => one.level);
  expect(levels.toSorted()).toEqual(['error', 'note', 'warning', 'warning', 'warning']);
});

test('the first line for people is the verdict, and says so when it is let through', () => {
  expect(formatAssessmentResult(unjudged).split('\n')[0]).toBe('rlm assess: INCONCLUSIVE: could not be judged: auth');
  const open = resultOf(unjudged.workers, { onError: 'pass' });
  expect(formatAssessmentResult(open)).toContain('INCONCLUSIVE (let through: onError is "pass")');
});

test('nothing to judge is told in every report, as no fault of the work', () => {
  expect(formatAssessmentResult(nothing).split('\n')[0]).toBe('rlm assess: NOTHING TO JUDGE: nothing to judge in idle');
  expect(toMarkdown(nothing)).toContain('| **nothing to judge** |');
  expect(toGitHubAnnotations(beside)).toMatch(
    /^::notice title=rlm assess::rlm assess: PASS.*%0Aidle: NOTHING TO JUDGE: there is nothing to judge: /,
  );
  expect(toGitHubAnnotations(beside)).not.toMatch(/^::error/m);
  const [run] = JSON.parse(toSarif(nothing)).runs;
  expect(run.invocations[0]).toMatchObject({
    executionSuccessful: true,
    toolExecutionNotifications: [{ level: 'note', descriptor: { id: 'nothing_to_judge' } }],
  });
  expect(toJUnit(nothing)).toMatch(/<testsuites [^>]*failures="0" errors="0"/);
  expect(JSON.parse(toGitLab(beside))).toMatchObject([
    { check_name: 'rlm-verdict-nothing_to_judge', severity: 'info' },
  ]);
  expect(JSON.parse(toRdjson(nothing))).toMatchObject({ severity: 'INFO', diagnostics: [{ severity: 'INFO' }] });
});
