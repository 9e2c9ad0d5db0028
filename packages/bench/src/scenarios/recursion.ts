import { conversation, repl, submit } from '@rlm-bridge/fake-provider';
import { filler, type Scenario } from './scenario.ts';

/** A child RLM with its own REPL, whose own `rlm_query` is a plain call at the deepest level. */
export const recursion: Scenario = {
  name: 'recursion',
  context: { north: filler(9_000), south: filler(4_000) },
  query: 'Which half is longer, and by how much?',
  rootModel: 'gpt-4.1',
  maxIterations: 5,
  maxDepth: 2,
  script: () =>
    conversation({
      turns: [
        repl('print({name: len(text) for name, text in context.items()})'),
        repl('north = rlm_query("Measure this:\\n" + context["north"])\nprint(north)'),
        repl(
          'verdict = llm_query("Longer by how much? " + north + " and " + str(len(context["south"])))\nprint(verdict)',
        ),
        submit('verdict'),
      ],
      childTurns: [
        repl('size = len(context)\nprint(size)'),
        repl('told = rlm_query("Say in words: " + str(size))\nprint(told)'),
        submit('told'),
      ],
      prompt: ({ text }) => (text.startsWith('Say in words') ? 'about nine thousand' : 'north, by five thousand'),
    }),
};
