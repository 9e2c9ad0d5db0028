import { conversation, type Reply, repl, type Script, submit } from '@rlm-bridge/fake-provider';
import type { RLMOptions } from '../../../src/index.ts';
import { environment } from './environment.ts';
import { COMPACTION } from './scenarios.ts';

/** A run to be killed: all of it can be told to another process as JSON, but for the tool `double`. */
export interface KillScenario {
  readonly name: string;
  readonly script: Script;
  readonly context: string;
  readonly options: RLMOptions;
  readonly hasTools?: boolean;
  /** Whether it is of the worker alone, and the same in both environments. */
  readonly isOfWorker?: true;
  /** Default: true. */
  readonly hasREPL?: boolean;
}

const CONTEXT = 'a short context';

/** Each has a container, where there are some: there one is enough, without a child of its own. */
const [CHILDREN, MAX_DEPTH] = environment === 'docker' ? ['["a"]', 2] : ['["a", "bb"]', 3];

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
    name: environment === 'docker' ? 'children' : 'children of children',
    script: slowly(
      conversation({
        turns: [repl(`said = rlm_query_batched(${CHILDREN})\nprint(said)`), submit('" ".join(said)')],
        childTurns: [repl('said = rlm_query(context + "x")\nprint(said)'), submit('context + said')],
        prompt: ({ text }) => String(text.length),
      }),
    ),
    context: CONTEXT,
    options: { maxDepth: MAX_DEPTH },
  },
  // A session in a container is compacted, too, and killed.
  { ...COMPACTION, script: slowly(COMPACTION.script), isOfWorker: true },
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
    isOfWorker: true,
  },
  {
    name: 'strategy direct',
    script: slowly(() => 'It is short.', 10 * DELAY_MS),
    context: CONTEXT,
    options: { strategy: 'direct' },
    isOfWorker: true,
    hasREPL: false,
  },
];

function slowly(script: Script, delayMs = DELAY_MS): Script {
  return async (request) => {
    const reply: Reply = await script(request);
    return typeof reply === 'string' ? { text: reply, delayMs } : reply;
  };
}
