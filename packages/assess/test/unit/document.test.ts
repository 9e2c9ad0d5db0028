import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeText } from '../../src/evidence/decode-text.ts';
import { plainLines } from '../../src/evidence/document.ts';
import { diffLines } from '../../src/evidence/line-diff.ts';
import { visible, visibleLines } from '../../src/text/visible-text.ts';
import { bodyOf } from '../support/evidence.ts';

const GUTTER = /^ {0,6}\d* [+ -] \| /;
/** Every line break of Unicode, and all that terminals and Python take for one. */
const LINE_BREAK = /\r\n|(?!\t)[\p{Cc}\p{Zl}\p{Zp}]/u;
const anyText = fc.string({ unit: 'binary' });
const smallLines = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 });

test('property: whatever a file holds, every line that any reader sees has a gutter', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const document = { name: 'f', kind: 'file', facts: [], lines: plainLines(visibleLines(text)) } as const;
      for (const line of bodyOf(document).flatMap((one) => one.split(LINE_BREAK))) {
        if (document.lines.length > 0) expect(line).toMatch(GUTTER);
      }
    }),
  );
});

test('property: visible text has no control, format or unpaired character, and is itself visible', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const shown = visible(text);
      expect(shown).not.toMatch(/(?!\t)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      expect(visible(shown)).toBe(shown);
    }),
  );
});

test('property: without its removed lines a diff is the new text, without its added lines the old one', () => {
  fc.assert(
    fc.property(smallLines, smallLines, (before, after) => {
      const lines = diffLines(before, after);
      const texts = (mark: string) => lines.filter((line) => line.mark !== mark).map(({ text }) => text);
      expect(texts('-')).toEqual(after);
      expect(texts('+')).toEqual(before);
      expect(lines.flatMap(({ number }) => number ?? [])).toEqual(after.map((_, index) => index + 1));
    }),
  );
});

test('two long texts that share nothing are all removed and all added', () => {
  const before = Array.from({ length: 5000 }, (_, at) => `old ${at}`);
  const after = Array.from({ length: 5000 }, (_, at) => `new ${at}`);
  const lines = diffLines(before, after);
  expect(lines.map(({ text }) => text)).toEqual([...before, ...after]);
});

test('and so are two that have the same lines in an order with nothing in common', () => {
  const before = Array.from({ length: 2500 }, (_, at) => `line ${at}`);
  const after = before.toReversed();
  expect(diffLines(before, after).map(({ text }) => text)).toEqual([...before, ...after]);
});

test('property: valid UTF-8 is read as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(decodeText(Buffer.from(text))?.text).toBe(text.startsWith('\ufeff') ? text.slice(1) : text);
    }),
  );
});
