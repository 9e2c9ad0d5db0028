import { conversation, repl, type Script, submit } from '@rlm-bridge/fake-provider';
import { z } from 'zod';
import type { RLMContext, RLMOptions } from '../../../src/index.ts';

/** A run of each kind that a journal has to tell apart. Their scripts keep no state. */
export interface Scenario {
  readonly name: string;
  readonly script: Script;
  readonly context?: RLMContext;
  /** What can be kept, and what must be given again. */
  readonly options?: RLMOptions<unknown>;
}

const LINES = Array.from({ length: 400 }, (_, n) => `${n}: the heron stands at the ${(n * 37) % 101}th mile`).join(
  '\n',
);

const price = {
  description: 'The price of a thing.',
  input: z.object({ thing: z.string() }),
  execute: ({ thing }: { thing: string }) => thing.length,
};

/** Its conversation outgrows the window of the model. */
export const COMPACTION = {
  name: 'compaction',
  script: conversation({
    turns: [
      repl('print(context[:14000])'),
      repl('last = context.split()[-1]\nprint(context[-12000:])'),
      repl('print(len(history), last)'),
      submit('last'),
    ],
    summary: 'The last word is in the variable `last`; print it and submit it.',
  }),
  context: LINES,
  options: { rootModel: 'gpt-4', compaction: true },
} as const satisfies Scenario;

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'batches',
    script: conversation({
      turns: [
        repl('one = llm_query("first")\nprint(one)'),
        repl('said = llm_query_batched(["a", "b", "c"])\nprint(said)'),
        submit('one + said[2]'),
      ],
      prompt: ({ text }) => `heard ${text}`,
    }),
  },
  {
    name: 'tools',
    script: conversation({
      turns: [repl('a = price(thing="lamp")\nprint(a)'), submit('str(a + price(thing="bed"))')],
    }),
    options: { tools: { price } },
  },
  {
    name: 'refused-typed-answer',
    script: conversation({ turns: [repl('print(1)'), submit('"nothing"'), submit('\'{"n": 7}\'')] }),
    options: { schema: z.object({ n: z.number().transform((n) => n * 2) }) },
  },
  {
    name: 'children',
    script: conversation({
      turns: [repl('said = rlm_query_batched(["a", "bb"])\nprint(said)'), submit('" ".join(said)')],
      childTurns: [repl('print(llm_query(context + "x"))'), submit('context')],
      prompt: ({ text }) => String(text.length),
    }),
    options: { maxDepth: 2 },
  },
  COMPACTION,
  {
    name: 'coverage-required',
    script: conversation({
      turns: [submit('"early"'), repl('print(llm_query(context))'), submit('"read"')],
      prompt: 'heard',
    }),
    options: { requireCoverage: 1 },
  },
  { name: 'direct', script: () => 'It is short.', options: { strategy: 'direct' } },
];
