import { expect, test } from 'vitest';
import { readVectors, schemas } from './vectors.ts';

const accept = readVectors('accept');
const reject = readVectors('reject');

test.each(accept)('accepts $type/$case and writes it back as it was', ({ type, json }) => {
  const message = schemas.get(type)?.parse(json);
  expect(JSON.parse(JSON.stringify(message))).toEqual(json);
});

test.each(reject)('rejects $type/$case', ({ type, json }) => {
  expect(json).toEqual({ message: expect.anything(), why: expect.stringMatching(/\.$/) });
  expect(schemas.get(type)?.safeParse((json as { message: unknown }).message).success).toBe(false);
});

test.each([
  ['accept', accept],
  ['reject', reject],
])('every kind of line has a vector to %s, and every vector belongs to one', (_, vectors) => {
  expect([...new Set(vectors.map(({ type }) => type))].sort()).toEqual([...schemas.keys()].sort());
});
