import { conversation, repl } from '@rlm-bridge/fake-provider';
import { filler, type Scenario } from './scenario.ts';

/** The answer comes with the last iteration, in the second of two blocks, after drafts that were not ready. */
export const lateAnswer: Scenario = {
  name: 'late-answer',
  context: filler(5_000),
  query: 'Which tree comes second?',
  rootModel: 'gpt-4.1',
  maxIterations: 3,
  script: () =>
    conversation({
      turns: [
        repl('answer["content"] = "a draft"\nprint(context.split()[1])'),
        repl('print(SHOW_VARS())'),
        `${repl('tree = context.split()[2]\nprint(tree)')}\n\n${repl('answer["content"] = tree\nanswer["ready"] = True')}`,
      ],
    }),
};
