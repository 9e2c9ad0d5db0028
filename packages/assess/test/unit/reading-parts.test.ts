import { expect, test } from 'vitest';
import { type EvidenceDocument, plainLines } from '../../src/evidence/document.ts';
import { Pace } from '../../src/evidence/pace.ts';
import { calledAcross } from '../../src/readings/calls.ts';
import { equalBlocks } from '../../src/readings/equal-blocks.ts';
import { groupsOf } from '../../src/readings/groups.ts';
import { pairsOf, pairText } from '../../src/readings/pairs.ts';
import { manyFiles } from '../support/many-files.ts';

// How a work is parted, and which lines are shown together that are read apart.

const FILES = await manyFiles(300);

function fileDocument(name: string, text: string, mark: '+' | ' ' = '+'): EvidenceDocument {
  return { name, kind: 'file', facts: [], lines: plainLines(text.split('\n'), mark) };
}

const documentsOf = (files: Record<string, string>) =>
  Object.entries(files).map(([name, text]) => fileDocument(name, text));
const charsOf = ({ lines }: EvidenceDocument) => lines.reduce((sum, { text }) => sum + text.length + 13, 0);
const DOCUMENTS = documentsOf(FILES);
const SIZES = new Map(DOCUMENTS.map((document) => [document, charsOf(document)]));
/** One of so many is edited in turn. */
const SOME = Object.entries(FILES).filter((_, at) => at % 3 === 0);
/** Each group by what is in it. */
const keysOf = (documents: readonly EvidenceDocument[]) =>
  groupsOf(documents, (one) => SIZES.get(one) ?? charsOf(one)).map((group) =>
    JSON.stringify(group.map(({ name, lines }) => [name, lines.length, lines.at(-1)?.text])),
  );

test('every document is in one group, in order, and a group of several is no longer than a prompt should be', () => {
  const groups = groupsOf(DOCUMENTS, charsOf);
  expect(groups.flat().map(({ name }) => name)).toEqual(Object.keys(FILES).toSorted());
  const sizes = groups.map((group) => group.reduce((sum, one) => sum + charsOf(one), 0));
  for (const [at, group] of groups.entries()) if (group.length > 1) expect(sizes[at]).toBeLessThanOrEqual(48_000);
  expect(sizes.reduce((sum, size) => sum + size, 0) / groups.length).toBeGreaterThan(24_000);
});

test('an edit of one file changes its own group, and seldom another', () => {
  const before = new Set(keysOf(DOCUMENTS));
  const changed = SOME.map(([name, text]) => {
    const edited = fileDocument(name, `${text}\n// edited\n`);
    return keysOf(DOCUMENTS.map((one) => (one.name === name ? edited : one))).filter((key) => !before.has(key)).length;
  });
  const sum = changed.reduce((all, count) => all + count, 0);
  expect(Math.min(...changed)).toBe(1);
  expect(sum / changed.length).toBeLessThan(1.1);
});

test('a new file changes the group that it comes into, and few beside it', () => {
  const before = new Set(keysOf(DOCUMENTS));
  const changed = SOME.map(([name]) => {
    const more = fileDocument(name.replace(/\.(\w+)$/, '-more.$1'), 'export const more = 1;\n'.repeat(60));
    return keysOf([...DOCUMENTS, more]).filter((key) => !before.has(key)).length;
  });
  expect(changed.reduce((all, count) => all + count, 0) / changed.length).toBeLessThan(2);
});

const BLOCK = Array.from({ length: 9 }, (_, at) => `  const value${at} = compute(${at}, "as long as a line is");`);

test('a block is found whatever its white space, as long as it goes, in all files that have it', async () => {
  const documents = [
    fileDocument('a.ts', ['alpha();', ...BLOCK, 'omega();'].join('\n')),
    fileDocument('b.ts', ['beta();', ...BLOCK.flatMap((line) => [`\t${line}`, '']), 'psi();'].join('\n')),
    fileDocument('c.ts', ['gamma();', 'more();', ...BLOCK.slice(0, 8)].join('\n')),
    fileDocument('d.ts', BLOCK.slice(0, 7).join('\n')),
  ];
  const blocks = await equalBlocks(documents, new Pace());
  expect(blocks.map((places) => places.map(({ document, first, last }) => [document.name, first, last]))).toEqual([
    [
      ['a.ts', 1, 8],
      ['b.ts', 1, 15],
      ['c.ts', 2, 9],
    ],
  ]);
});

test('braces, and lines that were removed, make no block', async () => {
  const braces = Array.from({ length: 30 }, () => '}').join('\n');
  const removed = { ...fileDocument('b.ts', ''), lines: plainLines(BLOCK, '-') };
  const documents = [fileDocument('a.ts', `${BLOCK.join('\n')}\n${braces}`), removed, fileDocument('c.ts', braces)];
  expect(await equalBlocks(documents, new Pace())).toEqual([]);
});

test.each([
  ['TypeScript', 'export async function slugOf(title) {\n  return title;\n}', 'const s = await slugOf("a");'],
  ['an arrow', 'export const slugOf = (title: string) => {\n  return title;\n};', 'slugOf("a");'],
  ['a class', 'export abstract class slugOf {\n  run() {}\n}', 'new slugOf();'],
  ['Python', 'def slugOf(title):\n    words = title\n    return words', 'print(slugOf("a"))'],
  ['Go', 'func (r *Reader) slugOf(title string) string {\n\treturn title\n}', 's := r.slugOf("a")'],
  ['Rust', 'pub(crate) fn slugOf(title: &str) -> String {\n    title.into()\n}', 'let s = slugOf("a");'],
])('%s: a definition is found with all of its lines, and its caller', async (_, defined, calls) => {
  const documents = [fileDocument('a', `first();\n${defined}\nother();`), fileDocument('b', `one();\n${calls}`)];
  const found = await calledAcross(documents, new Pace());
  const { definition, callers } = found.find(({ definition: { name } }) => name === 'slugOf') ?? {};
  expect([definition?.first, definition?.last]).toEqual([1, defined.split('\n').length]);
  expect([...(callers ?? [])].map(([{ name }, lines]) => [name, lines])).toEqual([['b', [1]]]);
});

test('a definition that was removed is shown with those that still call it', async () => {
  const gone = { ...fileDocument('a.ts', ''), lines: plainLines(['function slugOf() {', '}'], '-') };
  const caller = fileDocument('b.ts', 'slugOf();', ' ');
  const pairs = await pairsOf([[gone], [caller]], new Pace());
  expect(pairs.map(({ places }) => places.map(({ file }) => file))).toEqual([['a.ts', 'b.ts']]);
});

test('a pair is told by its lines, not by where they stand; what no line of the work is in is none', async () => {
  const pairsFrom = async (above: string, mark: '+' | ' ') => {
    const one = fileDocument('a.ts', `${above}${BLOCK.join('\n')}`, mark);
    return await pairsOf([[one], [fileDocument('b.ts', BLOCK.join('\n'), mark)]], new Pace());
  };
  const [here] = await pairsFrom('', '+');
  const [below] = await pairsFrom('above();\n', '+');
  expect(here && below && pairText(here) === pairText(below)).toBe(true);
  expect(here?.places[0]?.lines[0]?.number).not.toBe(below?.places[0]?.lines[0]?.number);
  expect(await pairsFrom('', ' ')).toEqual([]);
});
