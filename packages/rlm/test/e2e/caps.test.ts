import {
  billTotal,
  conversation,
  HANG,
  type ModelRequest,
  type Reply,
  repl,
  type Script,
  submit,
} from '@rlm-bridge/fake-provider';
import { describe, expect, test } from 'vitest';
import type { RLMEvent } from '../../src/index.ts';
import { expectExactBill, picoUsd } from './support/bill.ts';
import { whenTimeIsUp } from './support/duration.ts';
import { comesOnce } from './support/lives.ts';
import { finish, provider } from './support/run.ts';

const DRAFT = 'answer["content"] = "a draft"';

/** A reply that uses up all the output that the client allows, as the worst of models would. */
const atLength =
  (text: string) =>
  ({ maxOutputTokens }: ModelRequest): Reply => ({ text, outputTokens: maxOutputTokens ?? 100_000 });

/** Spends without end, sixteen calls at a time and through children, after leaving a draft. */
function spender(reply: (text: string) => Reply | ((request: ModelRequest) => Reply)): Script {
  const spend = `said = llm_query_batched(["w" * 2000] * 16) + rlm_query_batched(["a long task " * 50] * 16)\nprint(said)`;
  return conversation({
    turns: Array.from({ length: 50 }, (_, n) => (n === 0 ? repl(DRAFT) : reply(repl(spend)))),
    childTurns: [reply(repl('said = llm_query_batched([context] * 4)\nprint(said)')), submit('"a child\'s word"')],
    prompt: reply('one of many words'),
  });
}

describe('maxBudgetUsd', () => {
  test.each([
    { replies: 'short', backend: 'openai', rootModel: 'gpt-4.1', subModel: 'gpt-4o-mini', maxBudgetUsd: 0.02 },
    { replies: 'short', backend: 'openai', rootModel: 'gpt-4o-mini', subModel: 'gpt-4.1', maxBudgetUsd: 0.05 },
    { replies: 'longest', backend: 'openai', rootModel: 'gpt-4.1', subModel: 'gpt-4o-mini', maxBudgetUsd: 1.2 },
    {
      replies: 'short',
      backend: 'anthropic',
      rootModel: 'claude-sonnet-4-5',
      subModel: 'claude-haiku-4-5',
      maxBudgetUsd: 0.06,
    },
    {
      replies: 'longest',
      backend: 'anthropic',
      rootModel: 'claude-haiku-4-5',
      subModel: 'claude-haiku-4-5',
      maxBudgetUsd: 5,
    },
  ] as const)('$backend, $subModel below $rootModel, $replies replies: never over $maxBudgetUsd', async (given) => {
    const { replies, ...options } = given;
    const fake = await provider(spender(replies === 'longest' ? atLength : (text) => text));
    const baseUrl = options.backend === 'openai' ? fake.openaiUrl : fake.url;
    const limits = { maxDepth: 2, maxConcurrentSubCalls: 16, maxSubCalls: 100_000, maxIterations: 50 };
    const outcome = await finish(fake, { ...options, ...limits, baseUrl });
    const { result } = outcome;
    expect(result).toMatchObject({ success: false, stopReason: 'budget', partialAnswer: 'a draft' });
    expect(result.error?.code).toBe('budget_exceeded');
    expect(result.subCalls).toBeGreaterThan(16);
    const spent = billTotal(fake.bill).costPicoUsd ?? 0n;
    expect(spent).toBeGreaterThan(0n);
    expect(spent).toBeLessThanOrEqual(picoUsd(options.maxBudgetUsd) ?? 0n);
    if (result.usage.abandonedCalls === 0) expectExactBill(outcome, fake);
    else expect(picoUsd(result.costUsd) ?? 0n).toBeLessThanOrEqual(spent);
  });

  test('a model without a price is refused before anything is spent', async () => {
    const fake = await provider(() => 'unused');
    const run = finish(fake, { rootModel: 'a-model-of-mine', maxBudgetUsd: 1 });
    await expect(run).rejects.toMatchObject({
      code: 'unknown_price',
      message: expect.stringContaining('a-model-of-mine'),
    });
    expect(fake.served).toEqual([]);
  });
});

describe('maxSubCalls', () => {
  test('lets exactly 3 through; the fourth is an error that the model sees', async () => {
    const fake = await provider(
      conversation({
        turns: [
          repl('said = llm_query_batched(["a", "b"]) + [llm_query("c"), llm_query("d")]\nprint(said)'),
          submit('said[3]'),
        ],
        prompt: ({ text }) => text.toUpperCase(),
      }),
    );
    const outcome = await finish(fake, { maxSubCalls: 3 });
    expect(outcome.result).toMatchObject({
      success: true,
      subCalls: 3,
      answer: expect.stringMatching(/^Error: .*sub-call limit/),
    });
    expect(fake.served.filter(({ request }) => request.kind === 'prompt')).toHaveLength(3);
    expectExactBill(outcome, fake);
  });

  test('counts the whole tree', async () => {
    comesOnce('which calls a limit lets through, their order decides');
    const fake = await provider(
      conversation({
        turns: [repl('said = rlm_query_batched(["a", "b", "c", "d"])\nprint(said)'), submit('str(len(said))')],
        childTurns: [repl('said = llm_query_batched(["x"] * 8)'), submit('str(said)')],
        prompt: 'x',
      }),
    );
    const outcome = await finish(fake, { maxDepth: 2, maxSubCalls: 7 });
    expect(outcome.result).toMatchObject({ success: true, answer: '4', subCalls: 7 });
    expect(fake.served.filter(({ request }) => request.kind === 'prompt' || request.isChild)).toHaveLength(7);
    expectExactBill(outcome, fake);
  });
});

describe('maxDurationMs ends a run that is stuck, with usage and partial answer', () => {
  const first = repl(`${DRAFT}\nprint(llm_query("one"))`);
  const asked = (count: number) => (events: readonly RLMEvent[]) =>
    events.filter(({ type }) => type === 'call.started').length === count;
  const inSecondBlock = (events: readonly RLMEvent[]) =>
    events.filter(({ type }) => type === 'codeBlock.started').length === 2;
  const stuck: { where: string; script: Script; reached: (events: readonly RLMEvent[]) => boolean }[] = [
    {
      where: 'in a model call of the root',
      script: conversation({ turns: [first, HANG], prompt: '1' }),
      reached: asked(3),
    },
    {
      where: 'in a sub-call',
      script: conversation({
        turns: [first, repl('llm_query("two")')],
        prompt: ({ text }) => (text === 'one' ? '1' : HANG),
      }),
      reached: asked(4),
    },
    {
      where: 'in `while True: pass`',
      script: conversation({ turns: [first, repl('while True: pass')], prompt: '1' }),
      reached: inSecondBlock,
    },
    {
      where: 'in a code block that swallows every exception',
      script: conversation({
        turns: [
          first,
          repl('import time\nwhile True:\n    try:\n        time.sleep(60)\n    except BaseException:\n        pass'),
        ],
        prompt: '1',
      }),
      reached: inSecondBlock,
    },
  ];

  test.each(stuck)('$where', async ({ script, reached }) => {
    const { fake, outcome } = await whenTimeIsUp(
      async (maxDurationMs) => {
        const fake = await provider(script);
        return { fake, outcome: await finish(fake, { maxDurationMs }) };
      },
      ({ outcome }) => reached(outcome.events),
    );
    expect(outcome.result).toMatchObject({
      success: false,
      stopReason: 'duration',
      error: { code: 'duration_exceeded' },
      partialAnswer: 'a draft',
    });
    expect(outcome.result.usage.calls).toBeGreaterThanOrEqual(3);
    await fake.until(({ openRequests }) => openRequests === 0);
    expect(outcome.result.usage.inputTokens).toBe(billTotal(fake.bill).inputTokens);
  });
});

test('maxTokens ends the run before the next call', async () => {
  const fake = await provider(conversation({ turns: Array.from({ length: 9 }, () => repl(`${DRAFT}\nprint(1)`)) }));
  const outcome = await finish(fake, { maxTokens: 5_000, maxIterations: 9 });
  expect(outcome.result).toMatchObject({ success: false, stopReason: 'tokens', partialAnswer: 'a draft' });
  const used = fake.served.map(({ usage }) => (usage ? usage.input + usage.output : 0));
  const before = used.slice(0, -1).reduce((sum, tokens) => sum + tokens, 0);
  expect(before).toBeLessThan(5_000);
  expectExactBill(outcome, fake);
});

test('maxErrors counts iterations whose code failed', async () => {
  const fake = await provider(conversation({ turns: Array.from({ length: 9 }, () => repl('1 / 0')) }));
  const outcome = await finish(fake, { maxErrors: 3 });
  expect(outcome.result).toMatchObject({ success: false, stopReason: 'errors', iterations: 3 });
  expectExactBill(outcome, fake);
});
