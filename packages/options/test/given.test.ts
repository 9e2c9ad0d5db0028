import { expect, test } from 'vitest';
import { given } from '../src/index.ts';

test('what is undefined is as if it was not there, at any level', () => {
  const options = { a: undefined, b: 0, c: { d: undefined, e: null }, f: [{ g: undefined }, undefined], h: '' };
  expect(given(options)).toStrictEqual({ b: 0, c: { e: null }, f: [{}, undefined], h: '' });
});

test('what the caller gave is not changed', () => {
  const options = { a: undefined, b: { c: undefined } };
  given(options);
  expect(options).toStrictEqual({ a: undefined, b: { c: undefined } });
});

class Counter {
  count = 0;
  unit = undefined;
}

test('what holds a function or is of a class stays the caller’s own', () => {
  const options = { tool: { execute: () => 1, timeoutMs: undefined }, counter: new Counter(), at: new Date(0) };
  const { tool, counter, at } = given(options);
  expect([tool, counter, at].map((value, n) => value === Object.values(options)[n])).toEqual([true, true, true]);
});

test('what holds itself is left to whoever reads it', () => {
  const loop: { [name: string]: unknown } = { left: undefined };
  loop.itself = loop;
  const list: unknown[] = [];
  list.push(list);
  expect(given({ loop, list })).toMatchObject({ loop: { itself: loop }, list: [list] });
});

test('a name of __proto__ is a name', () => {
  const options = JSON.parse('{"a":{"__proto__":{"b":1}}}');
  expect(JSON.stringify(given(options))).toBe('{"a":{"__proto__":{"b":1}}}');
});
