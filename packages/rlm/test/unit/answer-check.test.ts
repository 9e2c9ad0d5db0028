import { toStandardJsonSchema } from '@valibot/to-json-schema';
import { type } from 'arktype';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { z } from 'zod';
import * as mini from 'zod/mini';
import type { RLMOptions } from '../../src/api/options.ts';
import { AnswerCheck } from '../../src/host/answer-check.ts';
import { typedEnd } from '../../src/run/typed-end.ts';
import type { RunEnd } from '../../src/worker/run-end.ts';
import { planOf } from '../plan.ts';

const RUNNING = new AbortController().signal;

/** A check and what it warned of. */
function checkOf(options: RLMOptions<unknown>): { check: AnswerCheck; warnings: string[] } {
  const warnings: string[] = [];
  return { check: new AnswerCheck('run', planOf(options).answer, (message) => warnings.push(message)), warnings };
}

const answered = (answer: string): RunEnd => ({ kind: 'answered', answer, value: answer, durationMs: 1 });

/** The typed value of an answer with one candidate, or its problems. */
async function judge(options: RLMOptions<unknown>, ...candidates: unknown[]): Promise<unknown> {
  const { check } = checkOf(options);
  const { problems } = await check.check({ text: 'the text', candidates }, RUNNING);
  const end = typedEnd(answered('the text'), check);
  if (problems.length === 0) return end.kind === 'answered' ? { value: end.value } : end;
  expect(end).toMatchObject({ kind: 'failed', partialAnswer: 'the text' });
  return problems.map(({ source, path, message }) => `${source} ${path}: ${message}`);
}

const Person = z.object({
  name: z.string(),
  born: z.string().transform(Number),
  tags: z.array(z.string()).default([]),
});

test('transforms and defaults apply', async () => {
  expect(await judge({ schema: Person }, { name: 'Ada', born: '1815' })).toEqual({
    value: { name: 'Ada', born: 1815, tags: [] },
  });
});

test('problems have the paths and messages of the validator', async () => {
  const Team = z.object({ people: z.array(Person), 'a b': z.number() });
  expect(await judge({ schema: Team }, { people: [{ name: 1, born: '1' }], 'a b': 'x' })).toEqual([
    'schema people[0].name: Invalid input: expected string, received number; you gave 1',
    'schema ["a b"]: Invalid input: expected number, received string; you gave "x"',
  ]);
});

test.each([
  ['a list', [1, 2], 'a list of 2'],
  ['an object', { b: 1, c: 2 }, 'an object with b, c'],
  ['an empty object', {}, 'an empty object'],
  ['a long text', 'x'.repeat(500), `"${'x'.repeat(119)}…"`],
  ['null', null, 'null'],
])('a problem says what stands in its place: %s', async (_, got, told) => {
  const schema = z.object({ within: z.array(z.object({ at: z.boolean() })) });
  const [problem] = (await judge({ schema }, { within: [{ at: got }] })) as string[];
  expect(problem).toMatch(/^schema within\[0\]\.at: Invalid input: expected boolean/);
  expect(problem?.split('; you gave ')[1]).toBe(told);
});

test('of what is not there nothing is said', async () => {
  expect(await judge({ schema: z.object({ a: z.number() }) }, {})).toEqual([
    'schema a: Invalid input: expected number, received undefined',
  ]);
});

test('the first candidate that fits wins, then the text as it stands', async () => {
  const schema = z.object({ a: z.number() });
  expect(await judge({ schema }, { a: 'x' }, { a: 1 }, { a: 2 })).toEqual({ value: { a: 1 } });
  expect(await judge({ schema: z.string() }, { a: 1 })).toEqual({ value: 'the text' });
  expect(await judge({ schema: z.string() }, 'quoted')).toEqual({ value: 'quoted' });
});

test('the problems are those of the likeliest candidate', async () => {
  const schema = z.object({ a: z.number() });
  expect(await judge({ schema }, { a: 'x' }, 3)).toEqual([
    'schema a: Invalid input: expected number, received string; you gave "x"',
  ]);
  expect(await judge({ schema })).toEqual([
    'schema : Invalid input: expected object, received string (it was read as plain text, for it is not JSON)',
  ]);
});

test('a refinement may be asynchronous', async () => {
  const schema = z.object({ a: z.number().refine(async (a) => a > 3, 'is too small') });
  expect(await judge({ schema }, { a: 1 })).toEqual(['schema a: is too small; you gave 1']);
  expect(await judge({ schema }, { a: 4 })).toEqual({ value: { a: 4 } });
});

test.each([
  ['zod/mini', mini.object({ name: mini.string() })],
  ['ArkType', type({ name: 'string' })],
  ['Valibot', toStandardJsonSchema(v.object({ name: v.string() }))],
  ['JSON Schema', { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }],
])('%s', async (_, schema) => {
  expect(await judge({ schema }, { name: 'Ada' })).toEqual({ value: { name: 'Ada' } });
  expect(await judge({ schema }, { name: 1 })).toEqual([expect.stringMatching(/^schema name: .*string/)]);
});

test('a plain JSON Schema: formats, defaults, paths, and what its messages leave out', async () => {
  const schema = {
    type: 'object',
    properties: {
      days: { type: 'array', items: { type: 'string', format: 'date' } },
      level: { enum: ['low', 'high'] },
      'a/b': { type: 'integer' },
      count: { type: 'integer', default: 7 },
    },
    required: ['days'],
    additionalProperties: false,
  };
  expect(await judge({ schema }, { days: ['2024-02-29'] })).toEqual({ value: { days: ['2024-02-29'], count: 7 } });
  const problems = await judge({ schema }, { days: ['2024-02-30'], level: 'mid', 'a/b': 1.5, more: 1 });
  expect((problems as string[]).sort()).toEqual([
    'schema : must NOT have additional properties: "more"',
    'schema ["a/b"]: must be integer; you gave 1.5',
    'schema days[0]: must match format "date"; you gave "2024-02-30"',
    'schema level: must be equal to one of the allowed values: ["low","high"]; you gave "mid"',
  ]);
});

test('a draft-07 schema is read as one', async () => {
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'array',
    items: [{ type: 'string' }, { type: 'number' }],
  };
  expect(await judge({ schema }, ['a', 'b'])).toEqual(['schema [1]: must be number; you gave "b"']);
  expect(await judge({ schema }, ['a', 1])).toEqual({ value: ['a', 1] });
});

test('problems are bounded in number and length', async () => {
  const schema = z.record(z.string(), z.number());
  const wrong = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`${index}`.padStart(5000, 'x'), '']));
  const { check } = checkOf({ schema });
  const { problems } = await check.check({ text: '', candidates: [wrong] }, RUNNING);
  expect(problems).toHaveLength(21);
  expect(problems.at(-1)?.message).toBe('and 980 more problems');
  expect(JSON.stringify(problems).length).toBeLessThan(10_000);
  const message = { validate: () => 'x'.repeat(1_000_000) };
  expect(JSON.stringify(await judge(message)).length).toBeLessThan(20_000);
});

test('problems are well-formed Unicode', async () => {
  expect(await judge({ validate: () => 'half \ud83d' })).toEqual(['validate : half \ufffd']);
  expect(await judge({ schema: z.record(z.string(), z.number()) }, { '\ud83d': '' })).toEqual([
    expect.stringContaining('\\ud83d'),
  ]);
});

test.each([
  ['undefined', undefined, []],
  ['null', null, []],
  ['true', true, []],
  ['an empty text', '', []],
  ['a text', 'Too old.', ['validate : Too old.']],
  ['false', false, ['validate : The answer was refused.']],
  ['what is no verdict', 0, ['validate : The answer was refused.']],
])('validate returns %s', async (_, verdict, problems) => {
  const expected = problems.length === 0 ? { value: 'the text' } : problems;
  expect(await judge({ validate: () => verdict as string })).toEqual(expected);
  expect(await judge({ validate: async () => verdict as string })).toEqual(expected);
});

test('validate is asked of what fits the schema only, with the typed value', async () => {
  const asked: unknown[] = [];
  const validate = (answer: unknown, { runId }: { runId: string }) => {
    asked.push(answer, runId);
    return undefined;
  };
  await judge({ schema: Person, validate }, { name: 'Ada' });
  expect(asked).toEqual([]);
  await judge({ schema: Person, validate }, { name: 'Ada', born: '1815' });
  expect(asked).toEqual([{ name: 'Ada', born: 1815, tags: [] }, 'run']);
});

test.each([
  ['validate throws', { validate: () => fail('secret') }, 'validate failed: secret'],
  ['validate rejects', { validate: async () => fail('secret') }, 'validate failed: secret'],
  ['validate throws a text', { validate: () => failWith('secret') }, 'validate failed: secret'],
  ['a transform throws', { schema: z.unknown().refine(() => fail('secret')) }, 'schema failed: secret'],
])('%s: the model is told no more than that', async (_, options, reason) => {
  const { check, warnings } = checkOf(options);
  const { problems } = await check.check({ text: 'x', candidates: [] }, RUNNING);
  expect(problems).toEqual([
    { source: expect.any(String), path: '', message: expect.stringContaining('not be checked') },
  ]);
  expect(JSON.stringify(problems)).not.toContain('secret');
  expect(warnings).toEqual([`An answer was refused because ${reason}`]);
});

function fail(message: string): never {
  throw new Error(message);
}

function failWith(value: unknown): never {
  throw value;
}

test.each(['validate', 'schema'])(
  'a %s that hangs is a refusal when its time is over, and its signal aborts',
  async (which) => {
    const signals: AbortSignal[] = [];
    const hang = () => new Promise<never>(() => {});
    const validate = (_: unknown, { signal }: { signal: AbortSignal }) => {
      signals.push(signal);
      return hang();
    };
    const options = which === 'validate' ? { validate } : { schema: z.unknown().refine(hang) };
    const { check, warnings } = checkOf({ ...options, validateTimeoutMs: 500 });
    expect((await check.check({ text: 'x', candidates: [] }, RUNNING)).problems).toHaveLength(1);
    expect(warnings).toEqual([expect.stringContaining('took longer than 500 ms. Raise validateTimeoutMs')]);
    expect(signals.every(({ aborted }) => aborted)).toBe(true);
  },
);

test('the end of the run ends a check, and there is nothing to warn of', async () => {
  const ending = new AbortController();
  const begun = Promise.withResolvers<AbortSignal>();
  const validate = (_: unknown, { signal }: { signal: AbortSignal }) => {
    begun.resolve(signal);
    return new Promise<never>(() => {});
  };
  const { check, warnings } = checkOf({ validate });
  const checking = check.check({ text: 'x', candidates: [] }, ending.signal);
  const signal = await begun.promise;
  ending.abort('over');
  expect((await checking).problems).toHaveLength(1);
  expect(signal.reason).toBe('over');
  expect(warnings).toEqual([]);
});

test('only the answer that was accepted last is one', async () => {
  const { check } = checkOf({ schema: z.number() });
  await check.check({ text: '1', candidates: [1] }, RUNNING);
  expect(typedEnd(answered('1'), check)).toMatchObject({ kind: 'answered', value: 1 });
  expect(typedEnd(answered('2'), check)).toMatchObject({ kind: 'failed', code: 'worker_protocol_error' });
  const failed: RunEnd = { kind: 'aborted', reason: null, partialAnswer: null, durationMs: 1 };
  expect(typedEnd(failed, check)).toBe(failed);
});

test('without schema and validate every answer is taken as it is', async () => {
  const { check } = checkOf({});
  expect(typedEnd(answered('any'), check)).toEqual(answered('any'));
});
