import { conversation, repl, type Script, submit } from '@rlm-bridge/fake-provider';
import { describe, expect, test } from 'vitest';
import type { RLMOptions } from '../../src/index.ts';
import { expectExactBill } from './support/bill.ts';
import { finish, provider } from './support/run.ts';
import { TREE } from './support/tree.ts';

/** Prompts from a word to 60 KB, so that no two cost the same. */
const PROMPTS = 'prompts = ["p" * (7 * 5 ** n) for n in range(6)]';

const plain: Script = conversation({
  turns: [repl('one = llm_query("first")\nprint(one)'), repl('two = llm_query("second, longer")'), submit('one + two')],
  prompt: ({ text }) => `heard ${text}`,
});

const batched: Script = conversation({
  turns: [repl(`${PROMPTS}\nheard = llm_query_batched(prompts)\nprint(heard)`), submit('",".join(heard)')],
  prompt: ({ text }) => String(text.length),
});

const cases: { name: string; script: Script; options?: RLMOptions; answer: string }[] = [
  {
    name: 'one model for root and sub',
    script: plain,
    options: { subModel: 'gpt-4.1' },
    answer: 'heard firstheard second, longer',
  },
  { name: 'different models', script: plain, answer: 'heard firstheard second, longer' },
  { name: 'a batch of very different prompts', script: batched, answer: '7,35,175,875,4375,21875' },
  { name: 'maxDepth 2', script: TREE, options: { maxDepth: 2 }, answer: '2+181 3+182 4+183' },
  {
    name: 'maxDepth 3',
    script: TREE,
    options: { maxDepth: 3 },
    answer: '3+182+182+361 4+183+183+362 5+184+184+363',
  },
];

describe('the bill is what the provider counted, per model and in total', () => {
  test.each(cases)('$name', async ({ script, options, answer }) => {
    const fake = await provider(script);
    const outcome = await finish(fake, options);
    expect(outcome.result).toMatchObject({ success: true, answer });
    expectExactBill(outcome, fake);
  });

  test('a failing sub-call costs nothing and is counted', async () => {
    const fake = await provider(
      conversation({
        turns: [repl('said = llm_query_batched(["fine", "refused", "fine too"])\nprint(said)'), submit('said[1]')],
        prompt: ({ text }) => (text === 'refused' ? { status: 400, message: 'refused here' } : 'well'),
      }),
    );
    const outcome = await finish(fake);
    expect(outcome.result).toMatchObject({
      success: true,
      subCalls: 3,
      answer: expect.stringMatching(/^Error: .*refused here/),
    });
    expect(outcome.result.usage.calls).toBe(5);
    expectExactBill(outcome, fake);
  });

  test('a 429 with Retry-After, then success: one call, one retry', async () => {
    let refused = false;
    const fake = await provider(
      conversation({
        turns: [repl('said = llm_query("hello")\nprint(said)'), submit('said')],
        prompt: () => {
          if (refused) return 'hello yourself';
          refused = true;
          return { status: 429, message: 'slow down', retryAfterS: 1 };
        },
      }),
    );
    const outcome = await finish(fake);
    expect(outcome.result).toMatchObject({ success: true, answer: 'hello yourself', subCalls: 1 });
    const calls = outcome.events.filter((event) => event.type === 'call.completed' && event.role === 'llm_query');
    expect(calls).toMatchObject([{ retries: 1, outcome: 'succeeded' }]);
    expect(fake.served.filter(({ request }) => request.kind === 'prompt')).toHaveLength(2);
    expectExactBill(outcome, fake);
  });

  test('compaction', async () => {
    const fake = await provider(
      conversation({
        turns: [repl('print("x" * 19_000)'), repl('print("y" * 19_000)'), submit('"done"')],
        summary: 'Two cells ran; submit "done".',
      }),
    );
    const outcome = await finish(fake, { rootModel: 'gpt-4', compaction: true });
    expect(outcome.result).toMatchObject({ success: true, answer: 'done' });
    expect(fake.served.map(({ request }) => request.kind)).toContain('compaction');
    expectExactBill(outcome, fake);
  });

  test('the extra call of an exhausted run', async () => {
    const fake = await provider(conversation({ turns: [repl('print(1)')], defaultAnswer: 'nobody knows' }));
    const outcome = await finish(fake, { maxIterations: 1 });
    expect(outcome.result).toMatchObject({
      success: false,
      stopReason: 'max_iterations',
      partialAnswer: 'nobody knows',
    });
    expectExactBill(outcome, fake);
  });
});

describe('prices', () => {
  test('an unknown model has tokens and no cost', async () => {
    const fake = await provider(plain);
    const outcome = await finish(fake, { subModel: 'a-model-of-mine' });
    expect(outcome.result.costUsd).toBeNull();
    expect(outcome.result.usage.byModel['a-model-of-mine']?.costUsd).toBeNull();
    expect(outcome.result.usage.byModel['gpt-4.1']?.costUsd).toBeGreaterThan(0);
    expectExactBill(outcome, fake);
  });

  test('a price given by option counts to the last digit', async () => {
    const fake = await provider(plain);
    const prices = { 'a-model-of-mine': { inputUsdPerMTok: 0.1, outputUsdPerMTok: 0.3, cachedInputUsdPerMTok: 0.01 } };
    const { result } = await finish(fake, { subModel: 'a-model-of-mine', prices });
    const used = result.usage.byModel['a-model-of-mine'];
    const { inputTokens = 0, cachedInputTokens = 0, outputTokens = 0, costUsd = null } = used ?? {};
    const pico = (inputTokens - cachedInputTokens) * 100_000 + cachedInputTokens * 10_000 + outputTokens * 300_000;
    expect(costUsd).toBe(pico / 1e12);
  });
});
