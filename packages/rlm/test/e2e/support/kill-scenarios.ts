import { conversation, type Reply, repl, type Script, submit } from '@rlm-bridge/fake-provider';
import type { RLMOptions } from '../../../src/index.ts';
import type { TestEnvironment } from './environment.ts';
import { COMPACTION } from './scenarios.ts';

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

/** Every reply takes a while, so that kills come upon calls in flight. */
const DELAY_MS = 20;

const BATCHES: KillScenario = {
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
};

/** Each has a container, where there are some: there one is enough, without a child of its own. */
function childrenIn(environment: TestEnvironment): KillScenario {
  const isDocker = environment === 'docker';
  const children = isDocker ? '["a"]' : '["a", "bb"]';
  return {
    name: isDocker ? 'children' : 'children of children',
    script: slowly(
      conversation({
        turns: [repl(`said = rlm_query_batched(${children})\nprint(said)`), submit('" ".join(said)')],
        childTurns: [repl('said = rlm_query(context + "x")\nprint(said)'), submit('context + said')],
        prompt: ({ text }) => String(text.length),
      }),
    ),
    context: CONTEXT,
    options: { maxDepth: isDocker ? 2 : 3 },
  };
}

/** Of the worker alone, and the same in both environments. */
const OF_WORKER: readonly KillScenario[] = [
  // A session in a container is compacted, too, and killed.
  { ...COMPACTION, script: slowly(COMPACTION.script) },
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
    context: COMPACTION.context,
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

export function killScenarios(environment: TestEnvironment): readonly KillScenario[] {
  const inAny = [BATCHES, childrenIn(environment)];
  return environment === 'docker' ? inAny : [...inAny, ...OF_WORKER];
}

function slowly(script: Script, delayMs = DELAY_MS): Script {
  return async (request) => {
    const reply: Reply = await script(request);
    return typeof reply === 'string' ? { text: reply, delayMs } : reply;
  };
}
