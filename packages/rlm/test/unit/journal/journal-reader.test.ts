import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toLine } from '../../../src/journal/lines.ts';
import {
  bodiesOf,
  event,
  header,
  intent,
  life,
  linesOf,
  log,
  RUN,
  recordsOf,
  reply,
  storeOf,
  storeOfLines,
} from './records.ts';

const BODIES = [
  header(),
  life(),
  log('one'),
  intent('call-1'),
  reply('call-1', 'x'.repeat(200)),
  log('x'.repeat(200)),
  event({ type: 'iteration.started', node: '0', depth: 0, iteration: 1 }),
];
const LINES = await linesOf(await storeOf(...BODIES));

const broken = (line: number, what = '') => ({
  code: 'journal_corrupted',
  message: expect.stringMatching(new RegExp(`^The journal of run "run-1" is broken at line ${line}: .*${what}`)),
});

test('every beginning of a journal can be read', async () => {
  for (let count = 0; count <= LINES.length; count += 1) {
    expect(bodiesOf(await recordsOf(await storeOfLines(LINES.slice(0, count))))).toEqual(BODIES.slice(0, count));
  }
});

test('any change of a line is known, with its place', async () => {
  const place = fc
    .nat(LINES.length - 1)
    .chain((line) => fc.tuple(fc.constant(line), fc.nat((LINES[line] ?? '').length - 1)));
  await fc.assert(
    fc.asyncProperty(place, fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }), async ([line, at], other) => {
      const was = LINES[line] ?? '';
      const changed = `${was.slice(0, at)}${other}${was.slice(at + 1)}`.replaceAll('\n', ' ');
      fc.pre(changed !== was);
      const store = await storeOfLines(LINES.with(line, changed));
      await expect(recordsOf(store)).rejects.toMatchObject(broken(line + 1));
    }),
    { numRuns: 300 },
  );
});

/** A remark whose text stands in pieces. */
const told = (n: number, pieces: unknown[], message = '') =>
  toLine({ record: 'log', n, at: 0, level: 'info', message, texts: { '/message': pieces } }, RUN);

/** A line that was written in a place of another journal. */
const foreign = toLine({ record: 'log', n: 2, at: 0, level: 'info', message: 'mine' }, 'run-2');

test.each([
  { name: 'a missing line', lines: LINES.toSpliced(3, 1), line: 4, what: 'record 4 in the place of record 3' },
  {
    name: 'a doubled line',
    lines: LINES.toSpliced(3, 0, LINES[2] ?? ''),
    line: 4,
    what: 'record 2 in the place of record 3',
  },
  {
    name: 'lines in another order',
    lines: [...LINES.slice(0, 2), LINES[3] ?? '', LINES[2] ?? ''],
    line: 3,
    what: 'record 3',
  },
  { name: 'a line of another run', lines: LINES.with(2, foreign), line: 3, what: 'not what was written for this run' },
  {
    name: 'a header of another run',
    lines: [toLine({ n: 0, at: 0, ...header('q', 'run-2') }, 'run-2')],
    line: 1,
    what: 'it is of run "run-2"',
  },
  { name: 'no header', lines: LINES.slice(1), line: 1, what: 'record 1 in the place of record 0' },
  {
    name: 'a header in the middle',
    lines: LINES.with(2, toLine({ n: 2, at: 0, ...header() }, RUN)),
    line: 3,
    what: 'the journal of another run begins here',
  },
  {
    name: 'a first line that is none',
    lines: [toLine({ record: 'log', n: 0, at: 0, level: 'info', message: 'x' }, RUN)],
    line: 1,
    what: 'begins with its header',
  },
  {
    name: 'a life that is missing',
    lines: [...LINES, toLine({ n: 7, at: 0, ...life(3) }, RUN)],
    line: 8,
    what: 'life 3 in the place of life 2',
  },
  { name: 'garbage', lines: LINES.with(4, '{"record":'), line: 5, what: 'not what was written' },
  {
    name: 'a record of no kind',
    lines: LINES.with(4, toLine({ record: 'x', n: 4, at: 0 }, RUN)),
    line: 5,
    what: 'no record',
  },
  {
    name: 'a field that no such record has',
    lines: LINES.with(2, toLine({ record: 'log', n: 2, at: 0, level: 'info', message: '', x: 1 }, RUN)),
    line: 3,
    what: 'no record',
  },
  ...[
    { name: 'of a record that says none', piece: [3, '/text', 0, 50] },
    { name: 'of its own record', piece: [5, '/message', 0, 50] },
    { name: 'beyond the end of a text', piece: [4, '/text', 0, 201] },
    { name: 'of no character', piece: [4, '/text', 7, 7] },
    { name: 'of a slice', piece: [5, '/message', 0, 200] },
  ].map(({ name, piece }) => ({
    name: `a text ${name}`,
    lines: [...LINES.slice(0, 6), told(6, [piece])],
    line: 7,
    what: `a text of ${JSON.stringify(piece).replaceAll(/[[\]]/g, '\\$&')}`,
  })),
  {
    name: 'a text where none is left out',
    lines: [...LINES.slice(0, 6), told(6, ['x'], 'y')],
    line: 7,
    what: 'where none is left out',
  },
  {
    name: 'pieces that are none',
    lines: [...LINES.slice(0, 6), told(6, [{ from: 4 }])],
    line: 7,
    what: 'no record',
  },
])('a journal that is broken is refused with its place: $name', async ({ lines, line, what }) => {
  await expect(recordsOf(await storeOfLines(lines))).rejects.toMatchObject(broken(line, what));
});

test('a newer format is refused, whatever it has', async () => {
  const store = await storeOfLines([
    JSON.stringify({ record: 'run', n: 0, at: 0, format: 2, other: 'things', sum: 'of another kind' }),
  ]);
  await expect(recordsOf(store)).rejects.toMatchObject({
    code: 'journal_unsupported',
    message: expect.stringContaining('format 2'),
  });
});
