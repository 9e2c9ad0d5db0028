import { visible } from '@rlm-bridge/text';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type EvidenceDocument, plainLines } from '../../src/evidence/document.ts';
import { withFingerprints } from '../../src/findings/fingerprint.ts';
import type { JudgeFinding } from '../../src/findings/judge-finding.ts';
import { type CheckedFinding, FindingVerifier } from '../../src/findings/verify-findings.ts';
import { diffOf } from '../support/evidence.ts';

const SOURCE = ['function f(id) {', '  const sql = "select " + id;', '  return db.query(sql);', '}', '', '  return 1;'];
const FILE: EvidenceDocument = { name: 'src/db.ts', kind: 'file', facts: [], lines: plainLines(SOURCE) };

function claim(given: Partial<JudgeFinding> = {}): JudgeFinding {
  const place = { file: 'src/db.ts', startLine: 2, endLine: 2, quote: 'const sql = "select " + id;' };
  return { severity: 'high', category: 'security', rule: 'sql-injection', message: 'Injection.', ...place, ...given };
}

function verify(given: Partial<JudgeFinding>, documents = [FILE]): CheckedFinding | undefined {
  return new FindingVerifier(documents).verify(claim(given));
}

test('a quote at the lines it names is verified', () => {
  expect(verify({})).toMatchObject({ verified: true, startLine: 2, endLine: 2 });
});

test.each([
  ['white space aside', 'const   sql =\t"select " + id;'],
  ['with the gutter copied', '      2 + |   const sql = "select " + id;'],
])('a quote is found %s', (_, quote) => {
  expect(verify({ quote })).toMatchObject({ verified: true, startLine: 2 });
});

test('a quote over several lines ends at its last one', () => {
  const quote = 'const sql = "select " + id;\n  return db.query(sql);\n}';
  expect(verify({ quote, endLine: 9 })).toMatchObject({ verified: true, startLine: 2, endLine: 4 });
});

test('a quote that is elsewhere is moved, to the place that is nearest', () => {
  expect(verify({ quote: 'return db.query(sql);', startLine: 40, endLine: 41 })).toMatchObject({
    verified: true,
    startLine: 3,
    endLine: 3,
  });
  expect(verify({ quote: '  return', startLine: 5 })).toMatchObject({ verified: false });
  expect(verify({ quote: 'return 1', startLine: 6 })).toMatchObject({ verified: true, startLine: 6 });
});

test.each([
  ['text that is nowhere', { quote: 'eval(input)' }],
  ['another file', { file: 'src/other.ts' }],
  ['an ellipsis for all but a word', { quote: 'function … }' }],
  ['a brace that every file has', { quote: '}', startLine: 4 }],
  ['other letters case', { quote: 'CONST SQL = `SELECT $ID`;' }],
])('not verified: %s', (_, given) => {
  expect(verify(given)).toMatchObject({ verified: false });
});

test('removed lines can be quoted: they are where they stood', async () => {
  const lines = await diffOf(['a();', 'requireAdmin();', 'b();'], ['a();', 'b();']);
  const document = { ...FILE, lines };
  expect(verify({ quote: 'requireAdmin();', startLine: 1 }, [document])).toMatchObject({
    verified: true,
    startLine: 1,
  });
});

test('property: any two whole neighbouring lines are found where they are', () => {
  const word = fc.stringMatching(/^[a-z]{8,12}$/);
  const line = fc.tuple(word, fc.string({ unit: 'grapheme', maxLength: 20 })).map((parts) => parts.join(' '));
  fc.assert(
    fc.property(fc.uniqueArray(line, { minLength: 2, maxLength: 20 }), fc.nat(), (texts, seed) => {
      const at = seed % (texts.length - 1);
      const document = { ...FILE, lines: plainLines(texts.map(visible)) };
      const found = verify({ quote: texts.slice(at, at + 2).join('\n'), startLine: at + 1 }, [document]);
      expect(found).toMatchObject({ verified: true, startLine: at + 1, endLine: at + 2 });
    }),
  );
});

test('an id is made of rule, path and quote: lines and words may change, equal ones are told apart by order', () => {
  const id = (given: Partial<JudgeFinding>) => withFingerprints([claim(given)])[0]?.id;
  expect(id({ startLine: 90, message: 'Other words', severity: 'low' })).toBe(id({}));
  expect(id({ quote: 'const  sql = "select " + id;' })).toBe(id({}));
  for (const other of [{ rule: 'other' }, { file: 'b.ts' }, { quote: 'other' }]) expect(id(other)).not.toBe(id({}));
  const twice = withFingerprints([claim({ startLine: 7 }), claim({})]);
  expect(twice.map(({ startLine }) => startLine)).toEqual([2, 7]);
  expect(new Set(twice.map((one) => one.id)).size).toBe(2);
});
