import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { defineTool, openSession, type RLMOptions, type RLMRun, type RLMTool, runRLM } from '../../src/index.ts';

type Unknowns = { [name: string]: unknown };

test('the arguments of execute come from input, in the literal of the options', () => {
  const start = () =>
    runRLM('text', 'q', {
      tools: {
        lookup: {
          description: 'Looks up.',
          input: z.object({
            id: z.number(),
            unit: z.string().default('kg'),
            at: z.string().transform(Number).optional(),
          }),
          execute: ({ id, unit, at }, { signal, runId }) => {
            expectTypeOf(id).toEqualTypeOf<number>();
            expectTypeOf(unit).toEqualTypeOf<string>();
            expectTypeOf(at).toEqualTypeOf<number | undefined>();
            expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
            expectTypeOf(runId).toEqualTypeOf<string>();
          },
        },
        search: {
          description: 'Searches.',
          input: z.object({ words: z.array(z.string()) }),
          async execute(args) {
            expectTypeOf(args).toEqualTypeOf<{ words: string[] }>();
          },
        },
        plain: {
          description: 'Takes plain JSON Schema.',
          input: { type: 'object', properties: { a: { type: 'string' } } },
          execute: (args) => expectTypeOf(args).toEqualTypeOf<Unknowns>(),
        },
        now: { description: 'Takes nothing.', execute: (args) => expectTypeOf(args).toEqualTypeOf<Unknowns>() },
      },
      subTools: ['lookup', 'now'],
    });
  expectTypeOf(start).returns.toEqualTypeOf<RLMRun<string>>();
});

test('beside a schema of the answer, both are inferred', () => {
  const start = () =>
    runRLM('text', 'q', {
      schema: z.object({ total: z.number() }),
      validate: (answer) => expectTypeOf(answer).toEqualTypeOf<{ total: number }>() as never,
      tools: {
        add: {
          description: 'Adds.',
          input: z.object({ a: z.number() }),
          execute: (args) => expectTypeOf(args).toEqualTypeOf<{ a: number }>(),
        },
      },
    });
  expectTypeOf(start).returns.toEqualTypeOf<RLMRun<{ total: number }>>();
});

test('in a session too', () => {
  const start = () =>
    openSession({
      tools: {
        add: {
          description: 'Adds.',
          input: z.object({ a: z.number() }),
          execute: (args) => expectTypeOf(args).toEqualTypeOf<{ a: number }>(),
        },
      },
      subTools: ['add'],
    });
  expectTypeOf(start).returns.resolves.toExtend<AsyncDisposable>();
});

test('a tool on its own', () => {
  const tool = defineTool({
    description: 'Looks up.',
    input: z.object({ id: z.number() }),
    execute: ({ id }) => expectTypeOf(id).toEqualTypeOf<number>(),
  });
  expectTypeOf(runRLM).toBeCallableWith('text', 'q', { tools: { tool } });
  expectTypeOf<{ tools: { tool: typeof tool } }>().toExtend<RLMOptions>();
  interface Named {
    name: string;
  }
  expectTypeOf<RLMTool<z.ZodType<Named>>>().toExtend<NonNullable<RLMOptions['tools']>[string]>();
});

test('what is wrong does not compile', () => {
  const execute = () => 1;
  const tool = { description: '', execute };
  const wrong = [
    // @ts-expect-error no such tool
    () => runRLM('text', 'q', { tools: { tool }, subTools: ['other'] }),
    // @ts-expect-error a tool does something
    () => runRLM('text', 'q', { tools: { tool: { description: '' } } }),
    // @ts-expect-error a number is no schema
    () => runRLM('text', 'q', { tools: { tool: { ...tool, input: 5 } } }),
    // @ts-expect-error no such field
    () => runRLM('text', 'q', { tools: { tool: { ...tool, timeout: 5 } } }),
  ];
  expectTypeOf(wrong).toExtend<unknown[]>();
});
