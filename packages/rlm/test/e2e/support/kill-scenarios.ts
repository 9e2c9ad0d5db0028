import { conversation, type Reply, repl, type Script, submit } from '@rlm-bridge/fake-provider';
import type { RLMOptions } from '../../../src/index.ts';

/** A run to be killed: all of it can be told to another process as JSON, but for the tool `double`. */
export interface KillScenario {
  readonly name: string;
  readonly script: Script;
  readonly context: string;
  readonly options: RLMOptions;
  readonly hasTools?: boolean;
  /** Default: true. */
  readonly hasREPL?: boolean;
}

const CONTEXT = 'a short context';

const LINES = Array.from({ length: 400 }, (_, n) => `${n}: the heron stands at the ${(n * 37) % 101}th mile`).join(
  '\n',
);

/** Every reply takes a while, so that kills come upon calls in flight. */
const DELAY_MS = 20;

export const KILL_SCENARIOS: readonly KillScenario[] = [
  {
    name: 'batches, tools and a typed answer that is refused once',
    script: slowly(
      conversation({
        turns: [
          repl('one = llm_query("first")\nprint(one, double(text="ab"))'),
          repl('import random\nsaid = llm_query_batched([f"{n} {random.random()}" for n in range(6)])\nprint(said)'),
          submit('"no number"'),
          submit('f\'{{"n": {len(one + said[2] + double(text="c"))}}}\''),
        ],
        prompt: ({ text }) => `heard ${text}`,
      }),
    ),
    context: CONTEXT,
    options: { schema: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] } },
    hasTools: true,
  },
  {
    name: 'children of children',
    script: slowly(
      conversation({
        turns: [repl('said = rlm_query_batched(["a", "bb", "ccc"])\nprint(said)'), submit('" ".join(said)')],
        childTurns: [repl('said = rlm_query(context + "x")\nprint(said)'), submit('context + said')],
        prompt: ({ text }) => String(text.length),
      }),
    ),
    context: CONTEXT,
    options: { maxDepth: 3 },
  },
  {
    name: 'compaction',
    script: slowly(
      conversation({
        turns: [
          repl('print(context[:14000])'),
          repl('last = context.split()[-1]\nprint(context[-12000:])'),
          repl('print(len(history), last)'),
          submit('last'),
        ],
        summary: 'The last word is in the variable `last`; print it and submit it.',
      }),
    ),
    context: LINES,
    options: { rootModel: 'gpt-4', compaction: true },
  },
  {
    name: 'required coverage',
    script: slowly(
      conversation({
        turns: [
          submit('"early"'),
          repl('said = llm_query_batched([context[i : i + 4000] for i in range(0, len(context), 4000)])\nprint(said)'),
          submit('said[-1]'),
        ],
        prompt: ({ text }) => `read ${text.length}`,
      }),
    ),
    context: LINES,
    options: { requireCoverage: 0.95 },
  },
  {
    name: 'strategy direct',
    script: slowly(() => 'It is short.', 10 * DELAY_MS),
    context: CONTEXT,
    options: { strategy: 'direct' },
    hasREPL: false,
  },
];

function slowly(script: Script, delayMs = DELAY_MS): Script {
  return async (request) => {
    const reply: Reply = await script(request);
    return typeof reply === 'string' ? { text: reply, delayMs } : reply;
  };
}
