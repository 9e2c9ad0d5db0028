import { expect, test } from 'vitest';
import { BACKENDS, CHOOSING_KEYS } from '../src/backends.ts';
import { Backend } from '../src/codes.ts';

test('every backend but the host has its row', () => {
  expect(Object.keys(BACKENDS)).toEqual(Backend.exclude(['host']).options);
});

test('no variable belongs to two backends', () => {
  const names = Object.values(BACKENDS).flatMap(({ keys, baseUrls, settings = [], sdkKeys = [] }) => [
    ...keys,
    ...baseUrls,
    ...settings,
    ...sdkKeys,
  ]);
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
});

test('a variable that chooses a backend is a key of that backend', () => {
  for (const [name, backend] of Object.entries(CHOOSING_KEYS)) expect(BACKENDS[backend].keys).toContain(name);
});

test('a backend that needs its address has no default one', () => {
  for (const { needs, address } of Object.values(BACKENDS)) if (needs.includes('baseUrl')) expect(address).toBeNull();
});
