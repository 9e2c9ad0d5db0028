import { conversation, repl, submit } from '@rlm-bridge/fake-provider';
import { filler, type Scenario } from './scenario.ts';

/** Four iterations with one sub-call each over a text of `chars` characters: work that costs little beside the machinery. */
export function fourByFour(chars: number): Scenario {
  const look = (part: number) =>
    repl(`piece = context[${part} * len(context) // 4:][:200]\nsaid = llm_query("Look: " + piece)\nprint(said)`);
  return {
    name: 'four-by-four',
    context: filler(chars),
    query: 'What stands there?',
    rootModel: 'gpt-4.1',
    subModel: 'gpt-4o-mini',
    maxIterations: 6,
    script: () =>
      conversation({
        turns: [look(0), look(1), look(2), `${look(3)}\n\n${submit('said')}`],
        prompt: ({ text }) => `seen ${text.length}`,
      }),
  };
}
