import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BLOB_CHARS, SHARED_CHARS } from '../../../src/journal/shared-texts.ts';
import { bodiesOf, header, life, linesOf, log, recordsOf, reply, storeOf } from './records.ts';

const LONG = 'long '.repeat(SHARED_CHARS);
const HUGE = 'huge '.repeat(BLOB_CHARS / 4);

test('every text stands in a journal once: where it comes again, its place is told', async () => {
  const store = await storeOf(header(), life(), reply('call-1', LONG), log(LONG), log(LONG));
  const text = (await linesOf(store)).join('\n');
  expect(text.split(LONG)).toHaveLength(2);
  const [, , , again] = await linesOf(store);
  expect(JSON.parse(again ?? '')).toMatchObject({
    event: { message: '' },
    same: { '/event/message': '2#/effect/text' },
  });
  expect(bodiesOf(await recordsOf(store)).slice(3)).toEqual([log(LONG), log(LONG)]);
});

test('a large text is a blob of the store, by its hash', async () => {
  const store = await storeOf(header(), life(), log(HUGE), log(HUGE));
  const lines = await linesOf(store);
  for (const line of lines) expect(line.length).toBeLessThan(BLOB_CHARS);
  expect(JSON.parse(lines[2] ?? '')).toMatchObject({
    blobs: { '/event/message': expect.stringMatching(/^[0-9a-f]{64}$/) },
  });
  expect(bodiesOf(await recordsOf(store)).slice(2)).toEqual([log(HUGE), log(HUGE)]);
});

test('texts of any kind come back as they were', async () => {
  const texts = fc.array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.constantFrom(LONG, HUGE, 'a/b~c', '', '12#/effect/text', `${LONG}\ud800`, `${LONG}\ufffd`),
    ),
    { maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(texts, async (said) => {
      const bodies = [header(), life(), ...said.map((text, i) => (i % 2 ? log(text) : reply(`call-${i}`, text)))];
      expect(bodiesOf(await recordsOf(await storeOf(...bodies)))).toEqual(bodies);
    }),
    { numRuns: 60 },
  );
});

test('fields of any name come back, of tools too', async () => {
  const value = { 'a/b': { '~1': LONG }, __proto__x: [LONG, [LONG]], '': LONG };
  const place = { node: '0', iteration: 1, codeBlock: 0, key: 'b'.repeat(64) };
  const tool = { record: 'tool', ...place, call: 'tool-1', tool: 't', outcome: { kind: 'value', value } } as const;
  const bodies = [header(), life(), tool, { ...tool, call: 'tool-2' }];
  const store = await storeOf(...bodies);
  expect(bodiesOf(await recordsOf(store))).toEqual(bodies);
  expect((await linesOf(store))[3]).not.toContain(LONG);
});
