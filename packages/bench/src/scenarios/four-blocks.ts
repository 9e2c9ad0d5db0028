import { conversation, repl, submit } from '@rlm-bridge/fake-provider';
import type { Scenario } from './scenario.ts';

/** Four iterations of a code block each that hardly does a thing: what remains is the environment. */
export const fourBlocks: Scenario = {
  name: 'four-blocks',
  context: '',
  query: 'How long is it?',
  rootModel: 'gpt-4.1',
  maxIterations: 6,
  script: () =>
    conversation({
      turns: [repl('size = len(context)'), repl('print(size)'), repl('print(context[:40])'), submit('str(size)')],
    }),
};
