import { billTotal, conversation, HANG, repl, submit } from '@rlm-bridge/fake-provider';
import { describe, expect, test } from 'vitest';
import { openSession, type RLMHostModel, type RLMOptions } from '../../src/index.ts';
import { expectExactBill } from './support/bill.ts';
import { whenTimeIsUp } from './support/duration.ts';
import { comesOnce } from './support/lives.ts';
import { observe, provider, ROOT_MODEL, surroundings } from './support/run.ts';
import { type HostCall, inTokens, ScriptedModel } from './support/scripted-model.ts';

const ASKS = repl('said = llm_query("one question")\nprint(said)');
const PRICED = { modelName: ROOT_MODEL, priceProvider: 'openai' };

const begin = (options: RLMOptions) => observe(surroundings(options));
const finish = async (options: RLMOptions) => {
  const { run, events } = begin(options);
  return { result: await run, events };
};

describe('functions as models', () => {
  test('serve root, sub-calls and children, and the bill is their own count', async () => {
    const root = new ScriptedModel(
      conversation({
        turns: [repl('said = llm_query_batched(["a", "b"]) + [rlm_query("deeper")]'), submit('str(said)')],
      }),
      PRICED,
    );
    const sub = new ScriptedModel(
      conversation({ turns: [], childTurns: [submit('llm_query("c")')], prompt: ({ text }) => `echo ${text}` }),
      { modelName: 'gpt-4o-mini', priceProvider: 'openai' },
    );
    const outcome = await finish({ rootModel: root.model, subModel: sub.model, maxDepth: 3 });
    expect(outcome.result).toMatchObject({ success: true, answer: "['echo a', 'echo b', 'echo c']", subCalls: 4 });
    expectExactBill(outcome, { bill: { ...root.bill, ...sub.bill } });
    expect(outcome.result.costUsd).toBeGreaterThan(0);
    const seen = [...root.calls, ...sub.calls].map(({ request }) => request);
    expect(seen.map(({ role, depth }) => `${role} ${depth}`).sort()).toEqual(
      ['root 0', 'root 0', 'llm_query 1', 'llm_query 1', 'child 1', 'llm_query 2'].sort(),
    );
    for (const { runId, maxOutputTokens } of seen)
      expect({ runId, maxOutputTokens }).toEqual({ runId: outcome.result.runId, maxOutputTokens: null });
    expect(outcome.events.find(({ type }) => type === 'call.started')).toMatchObject({ backend: 'host' });
  });

  test('one function serves both places, and one beside a provider its own', async () => {
    const script = conversation({ turns: [ASKS, submit('said')], prompt: ({ text }) => `echo ${text}` });
    const both = new ScriptedModel(script);
    expect((await finish({ rootModel: both.model })).result).toMatchObject({ answer: 'echo one question' });
    expect(both.calls).toHaveLength(3);
    const fake = await provider(script);
    const own = new ScriptedModel(script);
    const keys = { backend: 'openai', apiKey: 'k', baseUrl: fake.openaiUrl } as const;
    const mixed = await finish({ ...keys, rootModel: own.model, subModel: 'gpt-4o-mini' });
    expect(mixed.result).toMatchObject({ answer: 'echo one question', subCalls: 1 });
    expect([own.calls.length, fake.served.length]).toEqual([2, 1]);
  });

  test('serve every strategy and every turn of a session', async () => {
    const direct = new ScriptedModel(() => 'in one call', PRICED);
    const read = await finish({ rootModel: direct.model, strategy: 'direct' });
    expect(read.result).toMatchObject({ answer: 'in one call', coverage: { seenFraction: 1 } });
    expectExactBill(read, direct);
    const turns = new ScriptedModel(() => submit('context_0'));
    await using session = await openSession(surroundings({ rootModel: turns.model }));
    expect(await session.run('one', 'Which?')).toMatchObject({ answer: 'one' });
    expect(await session.run('two', 'Which?')).toMatchObject({ answer: 'one' });
    expect(turns.calls.map(({ request }) => request.runId)).toHaveLength(2);
  });

  test('40 at once, each with its own answer', async () => {
    const open = { now: 0, most: 0 };
    const all = Promise.withResolvers<void>();
    const sub: RLMHostModel = async ({ messages }) => {
      open.now += 1;
      open.most = Math.max(open.most, open.now);
      if (open.now === 40) all.resolve();
      await all.promise;
      open.now -= 1;
      return { text: `echo ${messages.at(-1)?.content}` };
    };
    const batch = 'said = llm_query_batched([f"{n}" for n in range(40)])';
    const check = 'str(said == [f"echo {n}" for n in range(40)])';
    const root = new ScriptedModel(conversation({ turns: [repl(batch), submit(check)] }));
    const { result } = await finish({ rootModel: root.model, subModel: sub, maxConcurrentSubCalls: 40 });
    expect(result).toMatchObject({ success: true, answer: 'True', subCalls: 40 });
    expect(open).toEqual({ now: 0, most: 40 });
  });

  test('one that throws ends the run as root, and is an error text as sub', async () => {
    const throws: RLMHostModel = async () => {
      throw new Error('no credit left');
    };
    const broken = await finish({ rootModel: throws });
    expect(broken.result).toMatchObject({
      success: false,
      stopReason: 'provider_error',
      error: { code: 'host_model_failed', message: 'The function of model "throws" threw: no credit left' },
      usage: { calls: 1, abandonedCalls: 1 },
    });
    const root = new ScriptedModel(conversation({ turns: [ASKS, submit('said')] }));
    const { result } = await finish({ rootModel: root.model, subModel: throws });
    expect(result).toMatchObject({
      success: true,
      answer: expect.stringMatching(/^Error: .*no credit left/),
      subCalls: 1,
    });
  });

  test.each<[string, unknown, RegExp]>([
    ['no object', 'text', /reply must be an object; it is 'text'/],
    ['no text', { text: null }, /reply\.text must be a string of well-formed Unicode.*; it is null/],
    ['a lone surrogate', { text: 'a\ud800' }, /reply\.text must be a string of well-formed Unicode/],
    ['a text over the limit', { text: 'x'.repeat(10_000_001) }, /of at most 10000000 characters/],
    [
      'a fraction of a token',
      { text: '', usage: { inputTokens: 1.5, outputTokens: 1 } },
      /usage\.inputTokens must be a whole number/,
    ],
    ['tokens below 0', { text: '', usage: { inputTokens: 1, outputTokens: -1 } }, /usage\.outputTokens must be/],
    ['half a usage', { text: '', usage: { inputTokens: 1 } }, /usage\.outputTokens must be .*; it is undefined/],
    [
      'more cached than read',
      { text: '', usage: { inputTokens: 1, outputTokens: 1, cachedInputTokens: 2 } },
      /usage must count cached/,
    ],
    [
      'more reasoning than output',
      { text: '', usage: { inputTokens: 1, outputTokens: 1, reasoningTokens: 2 } },
      /reasoningTokens among/,
    ],
    ['a cost that is no number', { text: '', costUsd: Number.NaN }, /reply\.costUsd must be a number of 0 to/],
    ['a cost below 0', { text: '', costUsd: -1 }, /reply\.costUsd must be/],
  ])('a wrong reply is named: %s', async (_, reply, fault) => {
    const wrong = (async () => reply) as unknown as RLMHostModel;
    const { result } = await finish({ rootModel: wrong });
    expect(result).toMatchObject({
      success: false,
      stopReason: 'provider_error',
      error: { code: 'host_model_failed' },
    });
    expect(result.error?.message).toMatch(fault);
  });

  test('the run after them is served', async () => {
    const next = new ScriptedModel(conversation({ turns: [submit('"served"')] }));
    expect((await finish({ rootModel: next.model })).result).toMatchObject({ answer: 'served' });
  });

  test('an empty text is no answer: an error text in the REPL, and told to the root', async () => {
    comesOnce('its model says another thing each time');
    const root = new ScriptedModel(conversation({ turns: [ASKS, '', submit('said[:6]')], prompt: '' }));
    const { result } = await finish({ rootModel: root.model });
    expect(result).toMatchObject({ success: true, answer: 'Error:', iterations: 3 });
    expect(result.usage.finishReasons).toMatchObject({ stop: 2, empty: 2 });
  });

  test('the longest text there may be, of the characters that take most room', async () => {
    const root = new ScriptedModel(conversation({ turns: [ASKS.replace('print', 'len'), submit('str(len(said))')] }));
    const sub: RLMHostModel = async () => ({ text: '\u0001'.repeat(10_000_000) });
    const { result } = await finish({ rootModel: root.model, subModel: sub });
    expect(result).toMatchObject({ success: true, answer: '10000000' });
  });

  test('a prompt that no line holds is an error text, and the worker lives', async () => {
    const root = new ScriptedModel(
      conversation({
        turns: [repl('said = llm_query("\\u00e9" * 11_100_000)'), submit('said')],
        prompt: 'unreached',
      }),
    );
    const { result } = await finish({ rootModel: root.model });
    expect(result).toMatchObject({
      success: true,
      answer: expect.stringMatching(/^Error: .*bytes as JSON, of at most 66,060,288/),
    });
  });

  test('what generated code sends of no character arrives as text', async () => {
    const root = new ScriptedModel(
      conversation({
        turns: [repl('said = llm_query("a\\ud800b")'), submit('said')],
        prompt: ({ text }) => String(text === 'a\ufffdb'),
      }),
    );
    expect((await finish({ rootModel: root.model })).result).toMatchObject({ answer: 'True'.toLowerCase() });
  });
});

describe('what functions as models cost', () => {
  const script = conversation({ turns: [ASKS, submit('said')], prompt: 'word' });
  const cost = async (model: RLMHostModel, options: RLMOptions = {}) =>
    (await finish({ rootModel: model, ...options })).result;

  test('the price table counts their tokens', async () => {
    const scripted = new ScriptedModel(script, PRICED);
    const result = await cost(scripted.model);
    expect(BigInt(Math.round((result.costUsd ?? 0) * 1e12))).toBe(billTotal(scripted.bill).costPicoUsd);
  });

  test('their own word goes before the table, and prices before both tables', async () => {
    const own = new ScriptedModel(script, PRICED, (text, usage) => ({
      ...(inTokens(text, usage) as object),
      costUsd: 0.25,
    }));
    expect(await cost(own.model)).toMatchObject({ costUsd: 0.75, usage: { calls: 3 } });
    const priced = new ScriptedModel(script, { modelName: 'mine' });
    const prices = { mine: { inputUsdPerMTok: 0, outputUsdPerMTok: 1_000_000 } };
    const { outputTokens } = billTotal(priced.bill);
    const result = await cost(priced.model, { prices });
    expect(result.costUsd).toBe(billTotal(priced.bill).outputTokens - outputTokens);
  });

  test.each<[string, Partial<RLMHostModel>, (text: string) => unknown, number | null]>([
    ['no usage and no cost', PRICED, (text) => ({ text }), null],
    ['no usage and a cost', {}, (text) => ({ text, costUsd: 0.5 }), 1.5],
    ['a cost of nothing', {}, (text) => ({ text, costUsd: 0 }), 0],
    [
      'usage without a price',
      { modelName: 'mine' },
      (text) => ({ text, usage: { inputTokens: 1, outputTokens: 1 } }),
      null,
    ],
    [
      'a provider that the table does not have',
      { ...PRICED, priceProvider: 'nobody' },
      (text) => ({ text, usage: { inputTokens: 1, outputTokens: 1 } }),
      null,
    ],
    [
      'no tokens, which is what somebody says who did not count',
      PRICED,
      (text) => ({ text, usage: { inputTokens: 0, outputTokens: 0 } }),
      null,
    ],
  ])('%s', async (_, names, report, costUsd) => {
    const result = await cost(new ScriptedModel(script, names, report).model);
    expect(result).toMatchObject({ success: true, costUsd });
  });

  test('one that costs more than its bound allows ends the run, and is in the bill', async () => {
    const dear = new ScriptedModel(script, PRICED, (text) => ({ text, costUsd: 50 }));
    const result = await cost(dear.model, { maxBudgetUsd: 1 });
    expect(result).toMatchObject({ success: false, stopReason: 'budget', costUsd: 50 });
    expect(dear.calls).toHaveLength(1);
  });

  test('a budget sets the bound of each answer, holds, and needs a price', async () => {
    const endless = new ScriptedModel(
      conversation({
        turns: Array.from({ length: 20 }, () => repl('llm_query_batched(["w" * 40000] * 8)')),
        prompt: 'a word',
      }),
      PRICED,
    );
    const spent = await cost(endless.model, { maxBudgetUsd: 0.6 });
    expect(spent).toMatchObject({ success: false, stopReason: 'budget' });
    expect(spent.costUsd).toBeLessThanOrEqual(0.6);
    expect(endless.calls.length).toBeGreaterThan(1);
    for (const { request } of endless.calls) expect(request.maxOutputTokens).toBeGreaterThan(0);
    const unpriced = new ScriptedModel(script);
    const refused = begin({ rootModel: unpriced.model, maxBudgetUsd: 2 }).run;
    await expect(refused).rejects.toMatchObject({
      code: 'unknown_price',
      message: expect.stringContaining('"host-1"'),
    });
    expect(unpriced.calls).toEqual([]);
  });
});

describe('functions as models that hang', () => {
  const places = {
    root: () => HANG,
    sub: conversation({ turns: [repl('llm_query_batched(["a"] * 8)')], prompt: HANG }),
  };
  const aborted = (calls: readonly HostCall[]) => calls.filter(({ request }) => request.signal.aborted).length;

  test.each([
    ['root', 1],
    ['sub', 8],
  ] as const)('as %s: abort ends the run, and every signal fires', async (place, hanging) => {
    const scripted = new ScriptedModel(places[place]);
    const { run } = begin({ rootModel: scripted.model });
    run.catch(() => {});
    await Promise.race([
      run,
      scripted.until((calls) => calls.filter(({ usage }) => usage === null).length === hanging),
    ]);
    const reason = new Error('changed my mind');
    run.abort(reason);
    await expect(run).rejects.toMatchObject({
      code: 'aborted',
      cause: reason,
      result: { usage: { abandonedCalls: hanging } },
    });
    await scripted.until((calls) => aborted(calls) === calls.length);
    expect(scripted.calls.at(-1)?.request.signal.reason).toBe(reason);
  });

  test.each(['root', 'sub'] as const)('as %s: maxDurationMs ends the run, and every signal fires', async (place) => {
    const { scripted, result } = await whenTimeIsUp(
      async (maxDurationMs) => {
        const scripted = new ScriptedModel(places[place]);
        return { scripted, ...(await finish({ rootModel: scripted.model, maxDurationMs })) };
      },
      ({ scripted }) => scripted.calls.some(({ usage }) => usage === null),
    );
    expect(result).toMatchObject({ success: false, stopReason: 'duration', error: { code: 'duration_exceeded' } });
    await scripted.until((calls) => aborted(calls) === calls.length);
  });

  test('one that is deaf to its signal is left behind, and what it says later is nobody’s', async () => {
    const late = Promise.withResolvers<{ text: string }>();
    const asked = Promise.withResolvers<void>();
    const deaf: RLMHostModel = () => {
      asked.resolve();
      return late.promise;
    };
    const { run } = begin({ rootModel: deaf });
    run.catch(() => {});
    await Promise.race([run, asked.promise]);
    run.abort();
    await expect(run).rejects.toMatchObject({ code: 'aborted' });
    late.resolve({ text: 'too late' });
    const next = new ScriptedModel(conversation({ turns: [submit('"served"')] }));
    expect((await finish({ rootModel: next.model })).result).toMatchObject({ answer: 'served' });
  });
});
