import { encodeLine, type ModelCall, ModelResult } from '@rlm-bridge/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyText } from '../../../protocol/test/any-text.ts';
import type { RLMHostModel, RLMHostModelRequest } from '../../src/api/host-model.ts';
import type { RLMOptions } from '../../src/api/options.ts';
import { callHostModel } from '../../src/host/call-host-model.ts';
import { hostModelName } from '../../src/options/host-models.ts';
import { parseRunOptions } from '../../src/options/parse-options.ts';
import { planOf } from '../plan.ts';

const ask: RLMHostModel = async () => ({ text: '' });
const named: RLMHostModel = Object.assign(async () => ({ text: '' }), {
  modelName: 'gpt-4.1',
  priceProvider: 'openai',
});

const CALL: ModelCall = {
  type: 'model.call',
  id: 'run-1',
  requestId: 'request-1',
  which: 'root',
  model: 'ask',
  role: 'root',
  depth: 0,
  messages: [{ role: 'user', content: 'a\ud800b' }],
  maxOutputTokens: 7,
  schema: null,
};

function served(options: RLMOptions, env: NodeJS.ProcessEnv = {}) {
  const { spec, secrets } = planOf(options, env);
  const { rootModel, subModel } = spec;
  return {
    root: `${rootModel.backend} ${rootModel.model} ${rootModel.priceProvider}`,
    sub: `${subModel.backend} ${subModel.model} ${subModel.priceProvider}`,
    keys: [secrets.root.apiKey, secrets.sub.apiKey],
  };
}

const issueOf = (options: unknown) => {
  try {
    parseRunOptions('q', options as RLMOptions);
  } catch (error) {
    expect(error).toMatchObject({ code: 'invalid_options' });
    return (error as Error).message;
  }
  return null;
};

describe('who serves', () => {
  test('functions need no key, and a root function serves the sub-calls', () => {
    const nobody = { keys: [null, null] };
    expect(served({ rootModel: ask })).toEqual({ root: 'host ask null', sub: 'host ask null', ...nobody });
    expect(served({ rootModel: ask, subModel: named })).toEqual({
      root: 'host ask null',
      sub: 'host gpt-4.1 openai',
      ...nobody,
    });
  });

  test('beside a function a provider’s model is found as usual', () => {
    const env = { OPENAI_API_KEY: 'k', ANTHROPIC_API_KEY: 'a' };
    expect(served({ rootModel: ask, subModel: 'haiku' }, env)).toMatchObject({
      sub: 'anthropic claude-haiku-5-5 null',
      keys: [null, 'a'],
    });
    expect(served({ rootModel: ask, subBackend: 'openai' }, env)).toMatchObject({
      sub: 'openai gpt-6-luna null',
      keys: [null, 'k'],
    });
    expect(served({ rootModel: 'm', backend: 'openai', apiKey: 'given', subModel: ask })).toMatchObject({
      root: 'openai m null',
      sub: 'host ask null',
      keys: ['given', null],
    });
    expect(served({ rootModel: ask, backend: 'openai', apiKey: 'given', subModel: 'm' }).keys).toEqual([null, 'given']);
    expect(served({ subModel: ask }, env).root).toBe('anthropic claude-sonnet-5-5 null');
    expect(() => served({ rootModel: ask, subModel: 'm' })).toThrow(
      expect.objectContaining({ code: 'missing_api_key' }),
    );
  });

  test('a function’s name is its modelName, its own, or host; aliases are not for it', () => {
    expect([named, ask, async () => ({ text: '' })].map(hostModelName)).toEqual(['gpt-4.1', 'ask', 'host']);
    expect(served({ rootModel: Object.assign(async () => ({ text: '' }), { modelName: 'sonnet' }) }).root).toBe(
      'host sonnet null',
    );
  });
});

describe('what does not go together', () => {
  test.each<[RLMOptions, string[]]>([
    [{ rootModel: ask, samplingArgs: {} }, ['samplingArgs']],
    [{ rootModel: ask, backend: 'openai', apiKey: 'k' }, ['backend', 'apiKey']],
    [{ rootModel: ask, baseUrl: 'http://a', backendOptions: {} }, ['baseUrl', 'backendOptions']],
    [{ rootModel: ask, backend: 'openai', subBackend: 'gemini' }, ['backend']],
    [{ rootModel: 'm', subModel: ask, subBackend: 'openai' }, ['subBackend']],
    [{ subModel: ask, subApiKey: 'k', subBaseUrl: 'http://a' }, ['subApiKey', 'subBaseUrl']],
    [{ rootModel: ask, subBackendOptions: {}, subSamplingArgs: {} }, ['subBackendOptions', 'subSamplingArgs']],
  ])('%j: %j', (options, names) => {
    const message = issueOf(options) ?? '';
    for (const name of names) expect(message).toContain(`${name} has no effect on a model that is a function`);
    expect(message.match(/has no effect/g)).toHaveLength(names.length);
  });

  test.each<RLMOptions>([
    { rootModel: ask, subModel: 'm', backend: 'openai', apiKey: 'k', baseUrl: 'http://a', subSamplingArgs: {} },
    { rootModel: ask, subBackend: 'openai', subApiKey: 'k' },
    { rootModel: 'm', subModel: ask, backend: 'openai', apiKey: 'k', samplingArgs: {} },
    { rootModel: ask, prices: {}, maxBudgetUsd: 1 },
  ])('%j is right', (options) => {
    expect(issueOf(options)).toBeNull();
  });

  test('two prices under one name', () => {
    const azure = Object.assign(async () => ({ text: '' }), { modelName: 'gpt-4.1', priceProvider: 'azure' });
    expect(issueOf({ rootModel: named, subModel: azure })).toMatch(/two values of priceProvider/);
    expect(issueOf({ rootModel: named, subModel: Object.assign(azure, { modelName: 'other' }) })).toBeNull();
  });

  test.each([
    { rootModel: 7 },
    { rootModel: { doGenerate: ask } },
    { subModel: Object.assign(async () => ({ text: '' }), { modelName: ' ' }) },
    { subModel: Object.assign(async () => ({ text: '' }), { priceProvider: 7 }) },
  ])('no model: %o', (options) => {
    expect(issueOf(options)).toMatch(/Model must be a string that is not empty, or a function/);
  });

  test('host is no backend to name', () => {
    expect(issueOf({ backend: 'host' })).toMatch(/^backend must be one of "anthropic"/);
    expect(issueOf({ subBackend: 'host' })).toMatch(/^subBackend must be one of/);
  });
});

describe('a call', () => {
  const { signal } = new AbortController();

  test('is put to the function as it is documented', async () => {
    let seen: RLMHostModelRequest | undefined;
    const model: RLMHostModel = async (request) => {
      seen = request;
      return { text: 'said', usage: { inputTokens: 3, outputTokens: 2, reasoningTokens: undefined as never } };
    };
    expect(await callHostModel(model, CALL, signal)).toEqual({
      kind: 'completion',
      text: 'said',
      usage: { inputTokens: 3, outputTokens: 2, cachedInputTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 },
      costUsd: null,
      finishReason: null,
    });
    expect(seen).toEqual({
      messages: [{ role: 'user', content: 'a\ufffdb' }],
      model: 'ask',
      role: 'root',
      depth: 0,
      maxOutputTokens: 7,
      signal: expect.any(AbortSignal),
      runId: 'run-1',
    });
  });

  test('has a signal of its own, which follows the run’s', async () => {
    const run = new AbortController();
    const signals: AbortSignal[] = [];
    const model: RLMHostModel = async (request) => {
      signals.push(request.signal);
      return { text: '' };
    };
    for (const _ of [1, 2]) await callHostModel(model, CALL, run.signal);
    run.abort('over');
    expect(signals.map(({ aborted, reason }) => [aborted, reason])).toEqual([
      [true, 'over'],
      [true, 'over'],
    ]);
    expect(new Set(signals).size).toBe(2);
  });

  test.each<[unknown, string]>([
    [new Error('no credit'), 'no credit'],
    [new TypeError(), 'TypeError'],
    ['a string', 'a string'],
    [Object.create(null), '[Object: null prototype] {}'],
    [undefined, 'undefined'],
  ])('that throws %o fails with its words', async (thrown, words) => {
    const model: RLMHostModel = () => {
      throw thrown;
    };
    const message = `The function of model "ask" threw: ${words}`;
    expect(await callHostModel(model, CALL, signal)).toEqual({ kind: 'error', message });
  });

  test('that throws a book, or half a character, fails with a bounded text', async () => {
    const model = (message: string): RLMHostModel => {
      return async () => Promise.reject(new Error(message));
    };
    const long = await callHostModel(model('x'.repeat(50_000_000)), CALL, signal);
    expect(long).toMatchObject({ kind: 'error', message: expect.stringMatching(/xx…$/) });
    expect(JSON.stringify(long).length).toBeLessThan(3_000);
    expect(await callHostModel(model('a\udc00'), CALL, signal)).toMatchObject({
      message: expect.stringMatching(/a�$/),
    });
  });

  test('that answers whatever it likes gives what the wire carries, and no more than was said', async () => {
    const number = fc.oneof(fc.nat(20), fc.integer(), fc.double()).map((one) => one + 0); // JSON has no -0
    const count = fc.oneof(number, fc.constant(undefined), fc.constant(null));
    const names = ['inputTokens', 'outputTokens', 'cachedInputTokens', 'cacheWriteTokens', 'reasoningTokens'];
    const usage = fc.record(Object.fromEntries(names.map((name) => [name, count])), { requiredKeys: [] });
    const text = fc.oneof(anyText(), fc.anything());
    const near = fc.record({ text, usage: fc.oneof(usage, fc.anything()), costUsd: count }, { requiredKeys: [] });
    await fc.assert(
      fc.asyncProperty(fc.oneof(near, fc.anything()), async (reply) => {
        const outcome = await callHostModel(async () => reply as never, CALL, signal);
        const message = { type: 'model.result', id: 'run-1', requestId: 'request-1', outcome } as const;
        expect(ModelResult.parse(JSON.parse(new TextDecoder().decode(encodeLine(message))))).toEqual(message);
        if (outcome.kind === 'error') return;
        const said = reply as { text: string; usage?: Record<string, number>; costUsd?: number };
        expect(outcome).toMatchObject({ text: said.text, costUsd: said.costUsd ?? null });
        for (const [name, tokens] of Object.entries(outcome.usage ?? {})) expect(tokens).toBe(said.usage?.[name] ?? 0);
      }),
      { numRuns: 2_000 },
    );
  });

  test('of nothing that is a function fails', async () => {
    expect(await callHostModel(null, CALL, signal)).toMatchObject({ kind: 'error' });
  });
});
