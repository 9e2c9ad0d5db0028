import { expect, test } from 'vitest';
import type { EvidenceDocument } from '../../src/evidence/document.ts';
import type { JudgeFinding } from '../../src/findings/judge-finding.ts';
import { FindingVerifier } from '../../src/findings/verify-findings.ts';
import { diffOf } from '../support/evidence.ts';

// What the work did to the lines of a finding, and where its fault is from when the judge does not say.

const BEFORE = [
  'open();',
  'requireAdmin(request);',
  'a();',
  'db.query("select " + id);',
  'b();',
  'legacy(eval);',
  'c();',
];
const AFTER = [
  'open();',
  'a();',
  'db.query("select ?", [id]);',
  'b();',
  'legacy(eval);',
  'c();',
  'eval(request.body);',
];
const CHANGED: EvidenceDocument = { name: 'a.ts', kind: 'file', facts: [], lines: await diffOf(BEFORE, AFTER) };

function found(quote: string, startLine: number, given: Partial<JudgeFinding> = {}, document = CHANGED) {
  const labels = { severity: 'critical', category: 'security', rule: 'r', message: 'm', file: 'a.ts' } as const;
  const claim = { ...labels, startLine, endLine: startLine, quote, ...given };
  const { verified, change, origin } = new FindingVerifier([document]).verify(claim);
  return [verified, change, origin];
}

test('an added line, one that replaces another, and the one that it replaces', () => {
  expect(found('eval(request.body);', 7)).toEqual([true, 'added', 'introduced']);
  expect(found('db.query("select ?", [id]);', 3)).toEqual([true, 'changed', 'introduced']);
  expect(found('db.query("select " + id);', 3)).toEqual([true, 'removed', 'mended']);
});

test('a line that was deleted with nothing in its place: by itself nobody can tell', () => {
  expect(found('requireAdmin(request);', 1)).toEqual([true, 'removed', null]);
  expect(found('requireAdmin(request);', 1, { origin: 'introduced' })).toEqual([true, 'removed', 'introduced']);
  expect(found('requireAdmin(request);', 1, { origin: 'mended' })).toEqual([true, 'removed', 'mended']);
});

test('an untouched line had its fault before, unless it stands beside what was deleted', () => {
  expect(found('legacy(eval);', 5)).toEqual([true, 'untouched', 'existing']);
  expect(found('open();', 1)).toEqual([true, 'untouched', null]);
  expect(found('legacy(eval);', 5, { origin: 'introduced' })).toEqual([true, 'untouched', 'introduced']);
});

test('a quote over untouched and added lines is of what was added', () => {
  expect(found('c();\neval(request.body);', 6)).toEqual([true, 'added', 'introduced']);
});

test('a check that was deleted here and stands elsewhere: the place that is nearest counts', async () => {
  const lines = await diffOf(['check();', 'a();', 'b();', 'c();', 'check();'], ['a();', 'b();', 'c();', 'check();']);
  expect(found('check();', 1, {}, { ...CHANGED, lines })).toEqual([true, 'removed', null]);
  expect(found('check();', 4, {}, { ...CHANGED, lines })).toEqual([true, 'untouched', 'existing']);
});

test('what has no earlier version is all the work: whole files, commits, criteria, logs', () => {
  const lines = CHANGED.lines.map((line) => ({ ...line, mark: ' ' as const }));
  expect(found('legacy(eval);', 5, {}, { ...CHANGED, lines, isWhole: true })).toEqual([true, 'added', 'introduced']);
  expect(found('legacy(eval);', 5, {}, { ...CHANGED, lines, kind: 'criteria' })).toEqual([true, 'added', 'introduced']);
});

test('a finding whose quote is nowhere says what was done to the lines that it names', () => {
  expect(found('nowhere()', 7)).toEqual([false, 'added', null]);
  expect(found('nowhere()', 5)).toEqual([false, 'untouched', null]);
  expect(found('nowhere()', 99)).toEqual([false, 'untouched', null]);
});
