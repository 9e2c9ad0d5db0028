import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CoverageFold } from '../../src/coverage/coverage-fold.ts';
import { utf8Bytes, widest } from '../../src/coverage/matches.ts';
import { WindowIndex } from '../../src/coverage/window-index.ts';

// docs/coverage.md says what counts as read; here it is as slow and as plain as it can be written.

/** For each unit of a document whether it was read. */
function seenUnits(document: string, messages: readonly string[]): boolean[] {
  const chars = Array.from(document);
  const at = [0];
  for (const char of chars) at.push((at.at(-1) ?? 0) + char.length);
  const seen = chars.map(() => false);
  const text = (start: number, end: number) => document.slice(at[start], at[end]);
  for (let start = 0; start < chars.length; start += 1) {
    for (const message of messages) {
      let end = start;
      while (end < chars.length && message.includes(text(start, end + 1))) end += 1;
      const bytes = utf8Bytes(text(start, end));
      const isEnd = end === chars.length && (bytes >= 16 || start === 0);
      if (bytes >= 128 || isEnd) seen.fill(true, start, end);
    }
  }
  const rest = seen.lastIndexOf(true) + 1;
  const left = text(rest, chars.length);
  if (rest > 0 && left !== '' && utf8Bytes(left) < 16 && messages.some((message) => message.includes(left))) {
    seen.fill(true, rest);
  }
  return chars.flatMap((char, place) => Array.from({ length: char.length }, () => seen[place] ?? false));
}

function foundUnits(documents: readonly string[], messages: readonly string[]): boolean[][] {
  const fold = new CoverageFold(documents);
  const place = { n: 0, at: 0, node: '0', iteration: 1, codeBlock: 0, key: '' };
  const event = { runId: 'r', at: 0, node: '0', depth: 1, role: 'llm_query', backend: 'offline', model: 'm' } as const;
  for (const [n, content] of messages.entries()) {
    const call = `call-${n}`;
    const asked = { ...event, type: 'call.started', call, requestedModel: null, promptChars: 0 } as const;
    const prompt = { kept: 0, messages: [{ role: 'user', content }] };
    fold.ask({ record: 'call.intent', ...place, event: asked, prompt, schema: null, reservedUsd: null });
    const tokens = { inputTokens: 1, outputTokens: 1, cachedInputTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 };
    const ended = {
      latencyMs: 1,
      retries: 0,
      outcome: 'succeeded',
      finishReason: 'stop',
      error: null,
      costUsd: 0,
    } as const;
    const totals = { calls: 1, subCalls: 1, ...tokens, costUsd: 0 };
    const completed = {
      ...event,
      type: 'call.completed',
      call,
      requestedModel: null,
      ...tokens,
      ...ended,
      totals,
    } as const;
    fold.reply({ record: 'call.reply', n: 0, at: 0, event: completed, text: 'said' });
  }
  for (const rest of fold.restsOf('sub')) {
    const call = messages.findIndex((message) => message.includes(rest.text));
    if (call >= 0) fold.readRest('sub', rest, call);
  }
  return documents.map((document, place) => {
    const units = Array.from({ length: document.length }, () => false);
    for (const [of, start, end] of fold.reads) if (of === place) units.fill(true, start, end);
    expect(fold.seen(place)).toBe(units.filter(Boolean).length);
    return units;
  });
}

const ALPHABETS = ['ab', 'abcdefghijklmnop', 'aé', 'a漢字', 'a🜁b'];

/** Documents of an alphabet, and messages that have pieces of them, and of something else. */
const cases = fc
  .constantFrom(...ALPHABETS)
  .chain((alphabet) => {
    const text = (maxLength: number) =>
      fc.array(fc.constantFrom(...Array.from(alphabet)), { maxLength }).map((chars) => chars.join(''));
    return fc.tuple(fc.array(text(400), { minLength: 1, maxLength: 3 }), text(20));
  })
  .chain(([documents, other]) => {
    const piece = fc.tuple(fc.nat(documents.length - 1), fc.nat(400), fc.nat(400)).map(([document, start, length]) =>
      Array.from(documents[document] ?? '')
        .slice(start, start + length)
        .join(''),
    );
    const message = fc.array(fc.oneof(piece, fc.constant(other)), { maxLength: 3 }).map((pieces) => pieces.join(''));
    return fc.tuple(fc.constant(documents), fc.array(message, { maxLength: 3 }));
  });

test('what was read is what the definition says, over random contexts and prompts', () => {
  fc.assert(
    fc.property(cases, ([documents, messages]) => {
      expect(foundUnits(documents, messages)).toEqual(documents.map((document) => seenUnits(document, messages)));
    }),
    { numRuns: 150 },
  );
});

const LONG = Array.from({ length: 60 }, (_, n) => `${n}: the heron stands at the ${(n * 37) % 101}th mile. `).join('');

test.each<[string, string, string, number]>([
  ['a part of 128 characters', LONG, `Look: ${LONG.slice(100, 228)}`, 128],
  ['no part of 127', LONG, `Look: ${LONG.slice(100, 227)}`, 0],
  ['the end of 16', LONG, `Look:_${LONG.slice(-16)}!`, 16],
  ['no end of 15', LONG, `Look:_${LONG.slice(-15)}!`, 0],
  ['a whole short text', 'tiny', 'it is tiny.', 4],
  ['nothing of what is not there', LONG, 'x'.repeat(1_000), 0],
])('%s counts', (_, document, message, units) => {
  expect(foundUnits([document], [message])[0]?.filter(Boolean)).toHaveLength(units);
});

// Slices of 128 units are compared as one: the texts differ just before the end of one, at it, and just behind it.
test.each([0, 1, 127, 128, 129, 255, 256, 257])(
  'what two texts share to both sides of a place ends where they differ, or one of them does: %d units',
  (units) => {
    const shared = LONG.slice(0, 2 * units);
    for (const [before, behind] of [
      ['', ''],
      ['[', ']'],
    ]) {
      const message = `Look: ${before}${shared}${behind}`;
      const place = message.indexOf(shared, 6 + (before?.length ?? 0)) + units;
      for (const document of [shared, `<${shared}>`]) {
        const start = document.indexOf(shared);
        expect(widest(document, start + units, message, place)).toEqual({ start, end: start + 2 * units });
      }
    }
  },
);

test('a text that repeats itself without end takes a bounded number of comparisons', () => {
  const fold = new CoverageFold(['ab'.repeat(500_000)]);
  expect(fold.isCut).toBe(false);
  const [units] = foundUnits(['ab'.repeat(20_000)], ['ab'.repeat(20_000)]);
  expect(units?.filter(Boolean)).toHaveLength(40_000);
  const index = WindowIndex.of([`${'ab'.repeat(500_000)}x`]);
  expect(index.spansIn('ab'.repeat(500_000))).not.toEqual([]);
  expect(index.isCut).toBe(true);
});

test('texts of any length are taken down in turns with whatever else waits, and come to the same', async () => {
  const text = Array.from({ length: 600_000 }, (_, n) => ((n * 2_654_435_761) >>> 0).toString(36)).join(' ');
  let turns = 0;
  let isDone = false;
  const count = () => {
    turns += 1;
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);
  const index = await WindowIndex.inTurns([text]);
  isDone = true;
  expect(turns).toBeGreaterThan(1);
  const span = { document: 0, start: 1_000_000, end: 1_100_000 };
  const message = text.slice(span.start, span.end);
  expect(index.spansIn(message)).toEqual([span]);
  expect(WindowIndex.of([text]).spansIn(message)).toEqual([span]);
});
