import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_RESULT_BYTES, toJSONResult } from '../../src/host/json-result.ts';

test('what JSON can hold stays as it is', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(toJSONResult(value)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test.each<[unknown, unknown]>([
  [undefined, null],
  [
    [undefined, 1],
    [null, 1],
  ],
  [{ a: undefined, b: 1 }, { b: 1 }],
  [new Date(0), '1970-01-01T00:00:00.000Z'],
  [{ toJSON: () => ({ id: 1 }) }, { id: 1 }],
  [Object.create(null, { a: { value: 1, enumerable: true } }), { a: 1 }],
  [
    new (class Row {
      id = 1;
    })(),
    { id: 1 },
  ],
])('%o becomes %o', (value, expected) => {
  expect(toJSONResult(value)).toEqual(expected);
});

const cycle: { deep: { self?: unknown } } = { deep: {} };
cycle.deep.self = cycle;
const deep = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

test.each<[unknown, string]>([
  [1n, 'a BigInt, which JSON cannot hold'],
  [{ list: [() => 1] }, 'a function as "0", which JSON cannot hold'],
  [{ at: Symbol('x') }, 'a symbol as "at"'],
  [{ n: Number.NaN }, 'NaN as "n"'],
  [-Infinity, '-Infinity, which'],
  [new Map([[1, 2]]), 'a Map, which'],
  [{ rows: new Set([1]) }, 'a Set as "rows"'],
  [{ later: Promise.resolve(1) }, 'a Promise as "later"'],
  [new Error('x'), 'a Error, which'],
  [new Uint8Array(2), 'a Uint8Array, which'],
  [cycle, 'an object that holds itself'],
  [
    {
      toJSON: () => {
        throw new Error('no row');
      },
    },
    'an object that gives no JSON: no row',
  ],
  [deep(101), 'more than 100 lists and objects within one another'],
  ['x'.repeat(MAX_RESULT_BYTES - 1), '10000001 bytes of JSON; the limit is 10000000'],
  ['ü'.repeat(MAX_RESULT_BYTES / 2), '10000002 bytes of JSON'],
])('%# is refused: %2$s', (value, words) => {
  expect(() => toJSONResult(value)).toThrow(words);
});

test('far too deep is refused, not a crash', () => {
  let value: unknown = [];
  for (let level = 0; level < 1_000_000; level++) value = [value];
  expect(() => toJSONResult(value)).toThrow('too much, or too deep, for JSON');
});

test('just within the limits', () => {
  expect(toJSONResult(deep(100))).toEqual(deep(100));
  expect(toJSONResult('x'.repeat(MAX_RESULT_BYTES - 2))).toHaveLength(MAX_RESULT_BYTES - 2);
});
