import { conversation, repl, submit } from '@rlm-bridge/fake-provider';
import { filler, type Scenario } from './scenario.ts';

const SECRET = 'The password of the lighthouse is 7391-quartz.';

/** A sentence hidden in 200 KB, found by a search and read by the sub model. */
export const needle: Scenario = {
  name: 'needle',
  context: `${filler(120_000)}\n${SECRET}\n${filler(80_000)}`,
  query: 'What is the password of the lighthouse?',
  rootModel: 'gpt-4.1',
  subModel: 'gpt-4o-mini',
  maxIterations: 6,
  script: () =>
    conversation({
      turns: [
        repl('print(type(context).__name__, len(context))\nprint(context[:80])'),
        repl(
          'at = context.find("password")\nline = context[at - 60:at + 60]\nfound = llm_query("Which password?\\n" + line)\nprint(found)',
        ),
        submit('found'),
      ],
      prompt: ({ text }) => /\d+-quartz/.exec(text)?.[0] ?? 'none here',
    }),
};
