import { conversation, repl, submit } from '@rlm-bridge/fake-provider';
import { filler, type Scenario } from './scenario.ts';

/** A code block that raises, a sub-call that the provider refuses, two blocks in one reply, a reply without code. */
export const errorAndRecovery: Scenario = {
  name: 'error-and-recovery',
  context: filler(20_000),
  query: 'How many lines are there?',
  rootModel: 'gpt-4.1',
  subModel: 'gpt-4o-mini',
  maxIterations: 8,
  script: () =>
    conversation({
      turns: [
        repl('kept = 41\nprint("before")\nprint(undefined_name)'),
        'Let me think about that error first.',
        `${repl('lines = context.count("\\n") + 1\nprint(lines)')}\n\n${repl('import sys\nprint("to stderr", file=sys.stderr)')}`,
        repl('print(llm_query("refuse me"))'),
        submit('f"{lines} lines"'),
      ],
      prompt: { status: 400, message: 'This prompt is refused.' },
    }),
};
