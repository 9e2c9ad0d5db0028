import { conversation, repl, submit } from '@rlm-bridge/fake-provider';
import { filler, type Scenario } from './scenario.ts';

/** Eight chunks counted by one batch, then one sub-call over the partial counts; a list as context. */
export const chunkAndAggregate: Scenario = {
  name: 'chunk-and-aggregate',
  context: Array.from({ length: 8 }, (_, n) => filler(3_000 + n * 1_700)),
  query: 'How many lines name the fjord?',
  rootModel: 'gpt-4.1',
  subModel: 'gpt-4o-mini',
  maxIterations: 6,
  script: () =>
    conversation({
      turns: [
        repl('print(len(context), [len(chunk) for chunk in context])'),
        repl(
          'counts = llm_query_batched(["Count the lines with fjord:\\n" + chunk for chunk in context])\nfor count in counts:\n    print(count)',
        ),
        repl('total = llm_query("Add these: " + " ".join(counts))\nprint(total)'),
        submit('total'),
      ],
      prompt: ({ text }) =>
        text.startsWith('Add these: ')
          ? String(
              text
                .slice('Add these: '.length)
                .split(' ')
                .reduce((sum, n) => sum + Number(n), 0),
            )
          : String(text.split('\n').filter((line) => line.includes('fjord')).length),
    }),
};
