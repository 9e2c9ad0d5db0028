import { conversation, type FakeProvider, repl, type Script, submit } from '@rlm-bridge/fake-provider';
import { describe, expect, test } from 'vitest';
import type { RLMOptions } from '../../src/index.ts';
import { expectExactBill, picoUsd } from './support/bill.ts';
import { comesOnce } from './support/lives.ts';
import { finish, provider } from './support/run.ts';

const MODELS = { backend: 'anthropic', rootModel: 'claude-sonnet-4-5', subModel: 'claude-haiku-4-5' } as const;

function run(fake: FakeProvider, options: RLMOptions = {}) {
  comesOnce('its provider has what an earlier life asked in its cache');
  return finish(fake, { ...MODELS, baseUrl: fake.url, ...options }, 'a context');
}

/** Turns that fill the history: a long output, a sub-call, a turn without code, and the answer. */
const script: Script = conversation({
  turns: [
    repl('print("x" * 15_000)'),
    repl('print(llm_query("Say something about " + "y" * 30_000))'),
    'Let me think about that.',
    submit('"done"'),
  ],
  prompt: 'Something.',
});

const usageOf = (fake: FakeProvider, kind: string) =>
  fake.served.flatMap(({ request, usage }) => (request.kind === kind && usage !== null ? [usage] : []));

describe('prompt caching on Anthropic', () => {
  test('each turn reads what the turn before it wrote, and the bill has it to the last digit', async () => {
    const fake = await provider(script);
    const outcome = await run(fake);
    expect(outcome.result).toMatchObject({ success: true, answer: 'done', iterations: 4 });
    const turns = usageOf(fake, 'turn');
    expect(turns).toHaveLength(4);
    expect(turns[0]).toMatchObject({ cached: 0 });
    expect(turns[0]?.cacheWrite).toBeGreaterThan(1_024);
    for (const [index, turn] of turns.slice(1).entries()) {
      const before = turns[index];
      expect(turn.cached).toBe((before?.cached ?? 0) + (before?.cacheWrite ?? 0));
      expect(turn.cacheWrite).toBeGreaterThan(0);
    }
    expect(outcome.result.usage.cachedInputTokens).toBe(turns.reduce((sum, { cached }) => sum + cached, 0));
    expectExactBill(outcome, fake);
  });

  test('a plain sub-call is not written to the cache', async () => {
    const fake = await provider(script);
    await run(fake);
    expect(usageOf(fake, 'prompt')).toMatchObject([{ cached: 0, cacheWrite: 0 }]);
  });

  test('it is cheaper than without, for the same answers', async () => {
    const costs = await Promise.all(
      [true, false].map(async (promptCaching) => {
        const fake = await provider(script);
        const outcome = await run(fake, { promptCaching });
        expect(outcome.result).toMatchObject({ success: true, answer: 'done' });
        expectExactBill(outcome, fake);
        return { costUsd: outcome.result.costUsd ?? 0, fake };
      }),
    );
    const [cached, plain] = costs;
    expect(cached?.costUsd).toBeLessThan((plain?.costUsd ?? 0) * 0.8);
    const texts = ({ served }: FakeProvider) => served.map(({ request }) => request.messages);
    expect(cached && plain && texts(cached.fake)).toEqual(plain && texts(plain.fake));
    expect(usageOf(plain?.fake as FakeProvider, 'turn')).toMatchObject(Array(4).fill({ cached: 0, cacheWrite: 0 }));
  });

  test('children of one model share the system prompt', async () => {
    const fake = await provider(
      conversation({
        turns: [repl('said = [rlm_query("one"), rlm_query("two")]\nprint(said)'), submit('"+".join(said)')],
        childTurns: [submit('context')],
      }),
    );
    const outcome = await run(fake, { subModel: 'claude-sonnet-4-5', maxDepth: 2 });
    expect(outcome.result).toMatchObject({ success: true, answer: 'one+two' });
    const children = fake.served.filter(({ request }) => request.isChild).map(({ usage }) => usage?.cached ?? 0);
    expect(children).toHaveLength(2);
    for (const cached of children) expect(cached).toBeGreaterThan(1_024);
    expectExactBill(outcome, fake);
  });

  test('the last request of a history reads and writes nothing', async () => {
    const fake = await provider(
      conversation({ turns: [repl('print("x" * 8_000)'), repl('print("y")')], defaultAnswer: 'nobody knows' }),
    );
    const outcome = await run(fake, { maxIterations: 2 });
    expect(outcome.result).toMatchObject({ success: false, partialAnswer: 'nobody knows' });
    const [, second] = usageOf(fake, 'turn');
    const written = (second?.cached ?? 0) + (second?.cacheWrite ?? 0);
    expect(usageOf(fake, 'default_answer')).toMatchObject([{ cached: written, cacheWrite: 0 }]);
    expectExactBill(outcome, fake);
  });

  test('a direct call is not cached', async () => {
    const fake = await provider(() => 'well');
    const outcome = await run(fake, { strategy: 'direct', systemPrompt: 'z'.repeat(20_000) });
    expect(outcome.result.usage).toMatchObject({ cachedInputTokens: 0, cacheWriteTokens: 0 });
    expectExactBill(outcome, fake);
  });

  // That a reservation covers the write exactly is in the worker's own tests; here is the whole way, with real counts.
  test.each([0.05, 0.1, 0.2])('a cap of $%d holds while the cache is written', async (maxBudgetUsd) => {
    const turns = Array.from({ length: 40 }, (_, n) => repl(`print("${n}" * 15_000)`));
    const fake = await provider(conversation({ turns }));
    const outcome = await run(fake, { maxBudgetUsd, maxIterations: 40, samplingArgs: { maxTokens: 500 } });
    expect(outcome.result).toMatchObject({ success: false, stopReason: 'budget' });
    expect(usageOf(fake, 'turn').some(({ cacheWrite }) => cacheWrite > 0)).toBe(true);
    expect(picoUsd(outcome.result.costUsd) ?? 0n).toBeLessThanOrEqual(picoUsd(maxBudgetUsd) ?? 0n);
    expectExactBill(outcome, fake);
  });
});
