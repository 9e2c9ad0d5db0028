import { conversation, repl, submit } from '@rlm-bridge/fake-provider';
import { filler, type Scenario } from './scenario.ts';

/** Output that fills the window of a small model, so that the history is summarized once. */
export const compaction: Scenario = {
  name: 'compaction',
  context: filler(60_000),
  query: 'What is the last word?',
  rootModel: 'gpt-4',
  maxIterations: 8,
  compaction: true,
  script: () =>
    conversation({
      turns: [
        repl('print(context[:16000])'),
        repl('last = context.split()[-1]\nprint(context[:14000])'),
        repl('print(len(history), last)'),
        submit('last'),
      ],
      summary: 'The last word is in the variable `last`; print it and submit it.',
    }),
};
