import { toStandardJsonSchema } from '@valibot/to-json-schema';
import { type } from 'arktype';
import fc from 'fast-check';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { z } from 'zod';
import * as mini from 'zod/mini';
import { anyText } from '../../../protocol/test/any-text.ts';
import type { RLMError } from '../../src/api/errors.ts';
import { parseRunOptions } from '../../src/options/parse-options.ts';
import { loadJSONSchemas } from '../../src/schema/late-json-schema.ts';
import { formatPath } from '../../src/schema/problem.ts';
import { readSchema } from '../../src/schema/read-schema.ts';

await loadJSONSchemas();

const NAME = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };

test.each([
  ['zod', z.object({ name: z.string() })],
  ['zod/mini', mini.object({ name: mini.string() })],
  ['ArkType', type({ name: 'string' })],
  ['Valibot', toStandardJsonSchema(v.object({ name: v.string() }))],
  ['JSON Schema', NAME],
])('%s gives JSON Schema', (_, schema) => {
  expect(readSchema(schema).jsonSchema).toMatchObject(NAME);
});

test('the JSON Schema is that of the input', () => {
  const schema = z.object({
    born: z.string().transform(Number),
    tags: z.array(z.string()).default([]),
    day: z.codec(z.iso.date(), z.date(), { decode: (text) => new Date(text), encode: (day) => day.toISOString() }),
  });
  expect(readSchema(schema).jsonSchema).toMatchObject({
    properties: { born: { type: 'string' }, day: { type: 'string', format: 'date' } },
    required: ['born', 'day'],
  });
});

test('a recursive schema refers to itself', async () => {
  const Tree = z.object({
    get branches() {
      return z.array(Tree);
    },
  });
  const { jsonSchema, parse } = readSchema(Tree);
  expect(JSON.stringify(jsonSchema)).toContain('"$ref":"#"');
  expect(await parse({ branches: [{ branches: [{}] }] })).toEqual({
    problems: [{ path: 'branches[0].branches[0].branches', message: expect.stringContaining('expected array') }],
  });
});

test('patterns are the library’s own matter, in a plain JSON Schema they are Unicode', async () => {
  const schema = z.string().regex(/^[\w@]+$/);
  expect(await readSchema(schema).parse('a@b')).toEqual({ value: 'a@b' });
  expect(() => readSchema({ pattern: '^[\\w\\@]+$' })).toThrow('be a valid JSON Schema: Invalid regular expression');
});

const cyclic: Record<string, unknown> = { type: 'object' };
cyclic.self = cyclic;

/** Follows Standard Schema as zod 3 does: a validator and no more. */
const validatorOf = (vendor: string) => ({
  '~standard': { version: 1, vendor, validate: (value: unknown) => ({ value }) },
});

test.each<[string, unknown, RegExp]>([
  ['no schema', 'object', /^schema must be a schema of zod 4 or another Standard Schema, or a JSON Schema object\. /],
  ['null', null, /^schema must be a schema/],
  ['a list', [], /^schema must be a schema/],
  ['a bare Valibot schema', v.object({}), /"valibot" is not\. Wrap it in toStandardJsonSchema/],
  ['zod 3', validatorOf('zod'), /"zod" is not\. Use zod 4\.(?!\.)/],
  ['a library without JSON Schema', validatorOf('acme'), /"acme" is not\. Give a plain JSON Schema/],
  ['what JSON Schema cannot say', z.object({ at: z.date() }), /"zod" says: Date cannot be represented/],
  ['an unknown type', { type: 'text' }, /must be a valid JSON Schema: .*type must be/],
  ['a wrong schema of a library', badLibrary(), /must be a valid JSON Schema: schema\/type must be/],
  [
    'a reference that leads nowhere',
    { $ref: 'https://example.com/x' },
    /can't resolve reference https:\/\/example\.com/,
  ],
  ['a dialect that is not known', { $schema: 'http://json-schema.org/draft-04/schema#' }, /draft-04/],
  ['a cycle', cyclic, /must be an object that JSON can hold: .*circular/],
  ['one that is too long', { description: 'x'.repeat(100_000) }, /at most 100000 characters/],
])('%s is refused before anything starts', (_, schema, issue) => {
  expect(issueOf({ schema })).toMatch(issue);
});

function badLibrary() {
  const { '~standard': standard } = validatorOf('acme');
  return { '~standard': { ...standard, jsonSchema: { input: () => ({ type: 'text' }) } } };
}

function issueOf(options: unknown): string {
  try {
    parseRunOptions('q', options as never);
  } catch (error) {
    expect(error).toMatchObject({ name: 'RLMError', code: 'invalid_options' });
    return (error as RLMError).message;
  }
  throw new Error('It was accepted.');
}

test.each([
  [[], ''],
  [['a'], 'a'],
  [['a', 0, 'b'], 'a[0].b'],
  [[0, 1], '[0][1]'],
  [['a b', 'ö', '$1'], '["a b"].ö.$1'],
  [['a', '0', ''], 'a["0"][""]'],
  [[Symbol('s')], '[Symbol(s)]'],
])('the path of %j', (keys, path) => {
  expect(formatPath(keys)).toBe(path);
});

test('a path is where JavaScript finds the value', () => {
  const key = fc.oneof(fc.nat(5), fc.string(), anyText(), fc.constantFrom('a', 'class', '__proto__', 'é'));
  fc.assert(
    fc.property(fc.array(key, { minLength: 1, maxLength: 6 }), (keys) => {
      const holder = keys.reduceRight<unknown>((value, at) => Object.defineProperty({}, at, { value }), 'here');
      const path = formatPath(keys);
      const find = new Function('holder', `return holder${path.startsWith('[') ? '' : '.'}${path}`);
      expect(find(holder)).toBe('here');
    }),
  );
});

test('any JSON value fits a schema that asks for nothing', async () => {
  const { parse } = readSchema({});
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (value) => {
      expect(await parse(value)).toEqual({ value });
    }),
  );
});
