import { visible, visibleLines } from '@rlm-bridge/text';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyText } from '../../../protocol/test/any-text.ts';
import { decodeText } from '../../src/evidence/decode-text.ts';
import { type EvidenceLine, plainLines } from '../../src/evidence/document.ts';
import { diffLines } from '../../src/evidence/line-diff.ts';
import { Pace } from '../../src/evidence/pace.ts';
import { shownLines } from '../../src/evidence/shown-lines.ts';
import { bodyOf, diffOf } from '../support/evidence.ts';

const GUTTER = /^ {0,6}\d* [+ -] \| /;
/** Every line break of Unicode, and all that terminals and Python take for one. */
const LINE_BREAK = /\r\n|(?!\t)[\p{Cc}\p{Zl}\p{Zp}]/u;
const anything = anyText();
const smallLines = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 });

test('property: whatever a file holds, every line that any reader sees has a gutter', async () => {
  await fc.assert(
    fc.asyncProperty(anything, async (text) => {
      const document = { name: 'f', kind: 'file', facts: [], lines: plainLines(visibleLines(text)) } as const;
      for (const line of (await bodyOf(document)).flatMap((one) => one.split(LINE_BREAK))) {
        if (document.lines.length > 0) expect(line).toMatch(GUTTER);
      }
    }),
  );
});

test('property: visible text has no control, format or unpaired character, and is itself visible', () => {
  fc.assert(
    fc.property(anything, (text) => {
      const shown = visible(text);
      expect(shown).not.toMatch(/(?!\t)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      expect(visible(shown)).toBe(shown);
    }),
  );
});

test('property: without its removed lines a diff is the new text, without its added lines the old one', async () => {
  const pairs = fc.array(fc.record({ before: smallLines, after: smallLines }), { minLength: 20, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(pairs, async (all) => {
      const diffs = await diffLines(all);
      for (const [index, { before, after }] of all.entries()) requireDiff(diffs[index] ?? [], before, after);
    }),
    { numRuns: 12 },
  );
});

function requireDiff(lines: readonly EvidenceLine[], before: readonly string[], after: readonly string[]): void {
  const texts = (mark: string) => lines.filter((line) => line.mark !== mark).map(({ text }) => text);
  expect(texts('-')).toEqual(after);
  expect(texts('+')).toEqual(before);
  expect(lines.flatMap(({ number }) => number ?? [])).toEqual(after.map((_, index) => index + 1));
}

test('two long texts that share nothing are all removed and all added', async () => {
  const before = Array.from({ length: 5000 }, (_, at) => `old ${at}`);
  const after = Array.from({ length: 5000 }, (_, at) => `new ${at}`);
  const lines = await diffOf(before, after);
  expect(lines.map(({ text }) => text)).toEqual([...before, ...after]);
});

test('of two that have the same lines in an order with nothing in common, one line can stay', async () => {
  const before = Array.from({ length: 2500 }, (_, at) => `line ${at}`);
  const after = before.toReversed();
  const lines = await diffOf(before, after);
  requireDiff(lines, before, after);
  expect(lines.filter(({ mark }) => mark === ' ')).toHaveLength(1);
});

test('a block that is put between two like it is shown as one, by its indent', async () => {
  const block = (name: string) => [`function ${name}() {`, '  if (ready) {', '    go();', '  }', '}', ''];
  const lines = await diffOf([...block('a'), ...block('c')], [...block('a'), ...block('b'), ...block('c')]);
  expect(lines.filter(({ mark }) => mark === '+').map(({ text }) => text)).toEqual(block('b'));
});

test('property: valid UTF-8 is read as it is, however long', async () => {
  const pace = new Pace();
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
      const read = await decodeText(Buffer.from(text), pace);
      expect(read?.text).toBe(text.startsWith('\ufeff') ? text.slice(1) : text);
    }),
  );
  const long = `${`${'häuser '.repeat(12)}\n\ufeff`.repeat(45_000)}end`;
  const read = await decodeText(Buffer.from(long), pace);
  expect(read?.text === long).toBe(true);
  expect((await shownLines(long, pace)).length).toBe(visibleLines(long).length);
});
