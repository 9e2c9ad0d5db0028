import { conversation, repl } from '@rlm-bridge/fake-provider';
import { filler, type Scenario } from './scenario.ts';

/** No answer within the iterations: one more call asks for one, and gets prose. */
export const exhausted: Scenario = {
  name: 'exhausted',
  context: filler(5_000),
  query: 'Who built the jetty?',
  rootModel: 'gpt-4.1',
  maxIterations: 3,
  script: () =>
    conversation({
      turns: Array.from({ length: 3 }, (_, n) => repl(`print(context[${n * 100}:${n * 100 + 60}])`)),
      defaultAnswer: 'I could not find who built it.',
    }),
};
