import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyText } from '../../../../protocol/test/any-text.ts';
import { MIN_CHARS, REACH_CHARS } from '../../../src/journal/text/said-texts.ts';
import { BLOB_CHARS } from '../../../src/journal/text/text-pieces.ts';
import { bodiesOf, event, header, life, linesOf, log, recordsOf, reply, smallCall, storeOf } from './records.ts';

/** A text in which nothing repeats. */
const words = (from: number, count: number) => Array.from({ length: count }, (_, n) => `${from + n}`).join(' ');

const LONG = words(1000, 100);
const HUGE = words(100_000, BLOB_CHARS / 4);

test('every text stands in a journal once: where it comes again, its place is told', async () => {
  const store = await storeOf(header(), life(), reply('call-1', LONG), log(LONG), log(LONG));
  const lines = await linesOf(store);
  expect(lines.join('\n').split(LONG)).toHaveLength(2);
  for (const line of lines.slice(3)) {
    expect(JSON.parse(line)).toMatchObject({
      message: '',
      texts: { '/message': [[2, '/text', 0, LONG.length]] },
    });
  }
  expect(bodiesOf(await recordsOf(store)).slice(3)).toEqual([log(LONG), log(LONG)]);
});

test('a part of a text stands in a journal once: code is a slice of its reply, and an output of the next prompt', async () => {
  const code = words(2000, 30);
  const said = `Plan: run this.\n\n\`\`\`repl\n${code}\n\`\`\``;
  const at = { node: '0', depth: 0, iteration: 1, codeBlock: 0 };
  const output = words(3000, 30);
  const store = await storeOf(
    header(),
    life(),
    reply('call-1', said),
    event({ type: 'codeBlock.started', ...at, code }),
    event({ type: 'codeBlock.output', ...at, stream: 'stdout', text: output }),
    log(`REPL output:\n\n${output}\n\nREPL variables: ['said']`),
  );
  const lines = (await linesOf(store)).map((line) => JSON.parse(line));
  expect(lines[3]).toMatchObject({ code: '', texts: { '/code': [[2, '/text', 25, 25 + code.length]] } });
  expect(lines[5].texts['/message']).toEqual([
    'REPL output:\n\n',
    [4, '/text', 0, output.length],
    "\n\nREPL variables: ['said']",
  ]);
  const [, , , started, , told] = bodiesOf(await recordsOf(store));
  expect(started).toMatchObject({ event: { code } });
  expect(told).toEqual(log(`REPL output:\n\n${output}\n\nREPL variables: ['said']`));
});

test('a slice cuts no surrogate pair, and is counted in UTF-16 units', async () => {
  const [one, other] = ['😀😁'.repeat(MIN_CHARS), '🤐😁'.repeat(MIN_CHARS)];
  const store = await storeOf(header(), life(), log(`${one}a`), log(`b${other}${one}`), log('\udc00'.padEnd(90, one)));
  for (const line of await linesOf(store)) expect(line.isWellFormed()).toBe(true);
  const { texts } = JSON.parse((await linesOf(store))[3] ?? '');
  const [said, ...slices] = texts['/message'];
  expect(said.isWellFormed()).toBe(true);
  for (const [record, at, from, to] of slices) {
    expect([record, at]).toEqual([2, '/message']);
    expect(`${one}a`.slice(from, to).isWellFormed()).toBe(true);
  }
  expect(bodiesOf(await recordsOf(store)).slice(2)).toEqual([
    log(`${one}a`),
    log(`b${other}${one}`),
    log('\udc00'.padEnd(90, one)),
  ]);
});

test('a large text is a blob of the store, by its hash, and what quotes it refers to it', async () => {
  const store = await storeOf(header(), life(), log(HUGE), log(HUGE), log(`Look: ${HUGE.slice(500, 70_000)}?`));
  const lines = await linesOf(store);
  for (const line of lines) expect(line.length).toBeLessThan(1000);
  expect(JSON.parse(lines[2] ?? '')).toMatchObject({
    texts: { '/message': [{ blob: expect.stringMatching(/^[0-9a-f]{64}$/) }] },
  });
  expect(JSON.parse(lines[4] ?? '').texts['/message']).toEqual(['Look: ', [2, '/message', 500, 70_000], '?']);
  const again = bodiesOf(await recordsOf(store)).slice(2);
  expect(again).toEqual([log(HUGE), log(HUGE), log(`Look: ${HUGE.slice(500, 70_000)}?`)]);
});

test('what was said too long ago is said again: who reads keeps no more in mind than who wrote', async () => {
  const old = words(0, 100);
  const between = Array.from({ length: 9 }, (_, n) => log(`${n}`.repeat(REACH_CHARS / 8)));
  const bodies = [header(), life(), log(old), log(old), ...between, log(old), log(old)];
  const store = await storeOf(...bodies);
  const said = (await linesOf(store)).flatMap((line, n) => (line.includes(old) ? [n] : []));
  expect(said).toEqual([2, bodies.length - 2]);
  expect(bodiesOf(await recordsOf(store))).toEqual(bodies);
});

test('what goes without saying is left out: a small call has 400 bytes beside its texts', async () => {
  const place = { node: '0', depth: 1, call: 'call-1234', role: 'llm_query', backend: 'offline', model: 'm' } as const;
  const store = await storeOf(header(), life(), ...smallCall(place));
  const [, , intent = '', reply = ''] = await linesOf(store);
  expect(intent.length + reply.length).toBeLessThan(400);
  expect(bodiesOf(await recordsOf(store)).slice(2)).toEqual(smallCall(place));
});

/** Texts that are cut out of one another, and put together anew. */
const cut = fc
  .array(fc.tuple(fc.nat(), fc.nat(), fc.nat(), anyText({ maxLength: 60 })), { maxLength: 25 })
  .map((cuts) => {
    const texts = [LONG, '😀'.repeat(100), 'ab'.repeat(80), ''];
    for (const [of, from, length, said] of cuts) {
      const text = texts[of % texts.length] ?? '';
      const begin = from % (text.length + 1);
      texts.push(`${said}${text.slice(begin, begin + (length % 300))}${said}${text.slice(0, length % 90)}`);
    }
    return texts;
  });

const any = fc.array(
  fc.oneof(
    anyText({ maxLength: 300 }),
    fc.constantFrom(LONG, HUGE, 'a/b~c', '', 'x', '[2,"/text",0,4]', `${LONG}\ud800`, `${LONG}\ufffd`, `${HUGE}\ud800`),
  ),
  { maxLength: 12 },
);

test.each([
  { name: 'of any kind', texts: any },
  { name: 'cut out of one another', texts: cut },
])('texts $name come back as they were', async ({ texts }) => {
  await fc.assert(
    fc.asyncProperty(texts, async (said) => {
      const bodies = [header(), life(), ...said.map((text, i) => (i % 2 ? log(text) : reply(`call-${i}`, text)))];
      expect(bodiesOf(await recordsOf(await storeOf(...bodies)))).toEqual(bodies);
    }),
    { numRuns: 60 },
  );
});

test('fields of any name come back, of tools too', async () => {
  const value = { 'a/b': { '~1': LONG }, __proto__x: [LONG, [LONG]], '': LONG, 7: LONG };
  const place = { node: '0', iteration: 1, codeBlock: 0, key: 'b'.repeat(32) };
  const tool = { record: 'tool', ...place, call: 'tool-1', tool: 't', outcome: { kind: 'value', value } } as const;
  const bodies = [header(), life(), tool, { ...tool, call: 'tool-2' }];
  const store = await storeOf(...bodies);
  expect(bodiesOf(await recordsOf(store))).toEqual(bodies);
  expect((await linesOf(store))[3]).not.toContain(LONG);
});
