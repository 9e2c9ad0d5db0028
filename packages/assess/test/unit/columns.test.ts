import { expect, test } from 'vitest';
import type { EvidenceDocument } from '../../src/evidence/document.ts';
import { columnsOf } from '../../src/findings/columns.ts';

const text = ['function run(id) {', '\treturn db.query("ä" + id);  ', '}', 'gone();'];
const document: EvidenceDocument = {
  name: 'src/db.ts',
  kind: 'file',
  facts: [],
  lines: text.map((line, at) => ({ mark: at === 3 ? '-' : '+', number: at === 3 ? null : at + 1, text: line })),
};
const at = (quote: string, first: number, last: number = first) => {
  const { startColumn, endColumn } = columnsOf(quote, document, { first, last });
  return startColumn === null || endColumn === null ? null : [startColumn, endColumn];
};

test('a part of a line is where it stands, in UTF-16 code units, and ends after its last', () => {
  const [from = 0, to = 0] = at('db.query("ä" + id)', 1) ?? [];
  expect(text[1]?.slice(from - 1, to - 1)).toBe('db.query("ä" + id)');
});

test('several lines begin in the first and end in the last, with a gutter that was copied or without', () => {
  expect(at('return db.query("ä" + id);\n}', 1, 2)).toEqual([2, 2]);
  expect(at('  1 + | function run(id) {\n  2 + | return db.query("ä" + id);', 0, 1)).toEqual([1, 28]);
});

test('of a quote in other words it is all that stands on the line, without the blanks around it', () => {
  expect(at('return db.query(***)', 1)).toEqual([2, 28]);
});

test('lines that are no longer there have no columns', () => {
  expect(at('gone();', 3)).toBeNull();
});
