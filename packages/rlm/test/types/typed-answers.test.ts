import { toStandardJsonSchema } from '@valibot/to-json-schema';
import { type } from 'arktype';
import * as v from 'valibot';
import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import * as mini from 'zod/mini';
import {
  type JSONValue,
  type RLMOptions,
  type RLMPartialResult,
  type RLMResult,
  type RLMRun,
  type RLMSchema,
  runRLM,
} from '../../src/index.ts';

const Person = z.object({
  name: z.string(),
  born: z.string().transform(Number),
  tags: z.array(z.string()).default([]),
});
type Person = { name: string; born: number; tags: string[] };

test('the answer has the type of the schema’s output', () => {
  const ofZod = () => runRLM('text', 'q', { schema: Person, rootModel: 'sonnet' });
  expectTypeOf(ofZod).returns.toEqualTypeOf<RLMRun<Person>>();
  expectTypeOf(ofZod).returns.resolves.toEqualTypeOf<RLMResult<Person>>();
  const ofMini = () => runRLM('text', 'q', { schema: mini.object({ name: mini.string() }) });
  expectTypeOf(ofMini).returns.toEqualTypeOf<RLMRun<{ name: string }>>();
  const ofArkType = () => runRLM('text', 'q', { schema: type({ name: 'string' }) });
  expectTypeOf(ofArkType).returns.toEqualTypeOf<RLMRun<{ name: string }>>();
  const ofValibot = () => runRLM('text', 'q', { schema: toStandardJsonSchema(v.object({ name: v.string() })) });
  expectTypeOf(ofValibot).returns.toEqualTypeOf<RLMRun<{ name: string }>>();
  const ofEnum = () => runRLM('text', 'q', { schema: z.enum(['yes', 'no']) });
  expectTypeOf(ofEnum).returns.toEqualTypeOf<RLMRun<'yes' | 'no'>>();
});

test('the answer to a plain JSON Schema is JSON, or what the caller says', () => {
  interface Written {
    type: string;
    properties?: object;
  }
  const written = (): Written => ({ type: 'object' });
  const literal = () => runRLM('text', 'q', { schema: { type: 'object', properties: { name: { type: 'string' } } } });
  expectTypeOf(literal).returns.toEqualTypeOf<RLMRun<JSONValue>>();
  const ofInterface = () => runRLM('text', 'q', { schema: written() });
  expectTypeOf(ofInterface).returns.toEqualTypeOf<RLMRun<JSONValue>>();
  const said = () => runRLM<{ name: string }>('text', 'q', { schema: { type: 'object' } });
  expectTypeOf(said).returns.toEqualTypeOf<RLMRun<{ name: string }>>();
});

test('without a schema the answer is text', () => {
  const plain = () => runRLM('text', 'q');
  expectTypeOf(plain).returns.toEqualTypeOf<RLMRun<string>>();
  const judged = () => runRLM('text', 'q', { validate: (answer) => answer.trim() !== '' || 'It is empty.' });
  expectTypeOf(judged).returns.toEqualTypeOf<RLMRun<string>>();
  const given = (options: RLMOptions) => runRLM('text', 'q', options);
  expectTypeOf(given).returns.toEqualTypeOf<RLMRun<string>>();
});

test('validate gets the typed answer', () => {
  const judge = () =>
    runRLM('text', 'q', {
      schema: Person,
      validate: async (answer, { runId, signal }) => {
        expectTypeOf(answer).toEqualTypeOf<Person>();
        expectTypeOf(runId).toEqualTypeOf<string>();
        expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
        return answer.born > 1900 ? undefined : 'Too old.';
      },
    });
  expectTypeOf(judge).returns.toEqualTypeOf<RLMRun<Person>>();
  const judgeJSON = () =>
    runRLM('text', 'q', { schema: { type: 'array' }, validate: (answer) => Array.isArray(answer) });
  expectTypeOf(judgeJSON).returns.toEqualTypeOf<RLMRun<JSONValue>>();
});

test('a wrapper keeps the type', () => {
  const wrapped = <T>(schema: RLMSchema<T>, options: RLMOptions<T>) => runRLM('text', 'q', { ...options, schema });
  const run = () => wrapped(Person, {});
  expectTypeOf(run).returns.toEqualTypeOf<RLMRun<Person>>();
});

test('a typed result is told by success', () => {
  const check = (result: RLMResult<Person>) => {
    if (result.success) expectTypeOf(result.answer).toEqualTypeOf<Person>();
    else expectTypeOf(result.partialAnswer).toEqualTypeOf<string | null>();
  };
  expectTypeOf(check).returns.toBeVoid();
  expectTypeOf<RLMPartialResult['answer']>().toEqualTypeOf<null>();
});

test('what is wrong does not compile', () => {
  // @ts-expect-error a number is no schema
  const noSchema = () => runRLM('text', 'q', { schema: 3 });
  // @ts-expect-error a person has no size
  const noField = () => runRLM('text', 'q', { schema: Person, validate: (answer) => answer.size > 3 });
  // @ts-expect-error a number is no verdict
  const noVerdict = () => runRLM('text', 'q', { validate: () => 3 });
  expectTypeOf([noSchema, noField, noVerdict]).toBeArray();
});
