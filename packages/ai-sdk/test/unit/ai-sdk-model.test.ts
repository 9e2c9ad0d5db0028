import type { LanguageModelV4CallOptions, LanguageModelV4GenerateResult } from '@ai-sdk/provider';
import { APICallError } from 'ai';
import { MockLanguageModelV3, MockLanguageModelV4 } from 'ai/test';
import type { RLMHostModelRequest } from 'rlm-bridge';
import { describe, expect, test } from 'vitest';
import { type AISDKModel, type AISDKModelOptions, aiSdkModel } from '../../src/index.ts';

const REQUEST: RLMHostModelRequest = {
  messages: [
    { role: 'system', content: 'Be short.' },
    { role: 'user', content: 'What is it?' },
    { role: 'assistant', content: '' },
    { role: 'assistant', content: 'A thing.' },
    { role: 'user', content: 'Which?' },
  ],
  model: 'm',
  role: 'root',
  depth: 0,
  maxOutputTokens: null,
  signal: new AbortController().signal,
  runId: 'run-1',
};

const USAGE_V3 = {
  inputTokens: { total: 100, noCache: 60, cacheRead: 30, cacheWrite: 10 },
  outputTokens: { total: 20, text: 15, reasoning: 5 },
};
const TOKENS = {
  inputTokens: 100,
  outputTokens: 20,
  cachedInputTokens: 30,
  cacheWriteTokens: 10,
  reasoningTokens: 5,
};

type Parts = Partial<LanguageModelV4GenerateResult>;

function v4(parts: Parts = {}, seen: LanguageModelV4CallOptions[] = []): MockLanguageModelV4 {
  return new MockLanguageModelV4({
    provider: 'openai.responses',
    modelId: 'gpt-5-mini',
    doGenerate: async (call) => {
      seen.push(call);
      return {
        content: [{ type: 'text', text: 'It.' }],
        finishReason: { unified: 'stop', raw: 'stop' },
        usage: USAGE_V3,
        warnings: [],
        ...parts,
      };
    },
  });
}

function v2(usage: object, provider = 'openai.chat', providerMetadata?: object): AISDKModel {
  return {
    specificationVersion: 'v2',
    provider,
    modelId: 'old',
    doGenerate: async () => ({
      content: [{ type: 'text', text: 'It.' }],
      finishReason: 'stop',
      usage: usage as never,
      ...(providerMetadata && { providerMetadata: providerMetadata as never }),
    }),
  };
}

describe('what the model is asked', () => {
  test('the prompt is the specification’s, without empty messages', async () => {
    const seen: LanguageModelV4CallOptions[] = [];
    await aiSdkModel(v4({}, seen))(REQUEST);
    expect(seen).toEqual([
      {
        prompt: [
          { role: 'system', content: 'Be short.' },
          { role: 'user', content: [{ type: 'text', text: 'What is it?' }] },
          { role: 'assistant', content: [{ type: 'text', text: 'A thing.' }] },
          { role: 'user', content: [{ type: 'text', text: 'Which?' }] },
        ],
        abortSignal: REQUEST.signal,
      },
    ]);
  });

  test('settings go as they are, and the smaller bound of the answer counts', async () => {
    const seen: LanguageModelV4CallOptions[] = [];
    const settings = {
      temperature: 0,
      seed: 7,
      reasoning: 'low',
      providerOptions: { openai: { store: false } },
    } as const;
    const model = aiSdkModel(v4({}, seen), { ...settings, maxOutputTokens: 500, modelName: 'x', maxRetries: 0 });
    await model(REQUEST);
    await model({ ...REQUEST, maxOutputTokens: 400 });
    await model({ ...REQUEST, maxOutputTokens: 600 });
    const { prompt: _, abortSignal: __, ...sent } = seen[0] ?? { prompt: [] };
    expect(sent).toEqual({ ...settings, maxOutputTokens: 500 });
    expect(seen.map(({ maxOutputTokens }) => maxOutputTokens)).toEqual([500, 400, 500]);
  });
});

describe('a reply that is to fit a schema', () => {
  const schema = { type: 'object', properties: { n: { type: 'integer' } } };
  const FORMAT = { type: 'json', schema, name: 'reply' };

  test('is asked for in the SDK’s response format; text in none', async () => {
    const seen: LanguageModelV4CallOptions[] = [];
    const model = aiSdkModel(v4({}, seen));
    await model({ ...REQUEST, schema });
    await model(REQUEST);
    expect(seen.map((call) => ('responseFormat' in call ? call.responseFormat : 'none'))).toEqual([FORMAT, 'none']);
  });

  const refusing = (statusCode: number, message: string, responseBody = '') => {
    const formats: unknown[] = [];
    const doGenerate: MockLanguageModelV4['doGenerate'] = async (call) => {
      formats.push(call.responseFormat);
      if (call.responseFormat === undefined) return await v4().doGenerate(call);
      throw new APICallError({
        message,
        url: 'https://example.com',
        requestBodyValues: {},
        statusCode,
        responseBody,
        isRetryable: false,
      });
    };
    return { model: aiSdkModel(new MockLanguageModelV4({ doGenerate })), formats };
  };

  test.each([
    [400, "Invalid schema for response_format 'reply'", ''],
    [422, 'Unprocessable Entity', '{"error":{"message":"This response_format type is unavailable now"}}'],
    [404, 'No endpoints found that can handle the requested parameters.', ''],
    [500, 'failed to parse grammar', ''],
  ])('is asked for without it where a provider answers %s: %s, and that is remembered', async (...refusal) => {
    const { model, formats } = refusing(...refusal);
    for (let call = 0; call < 2; call += 1) expect((await model({ ...REQUEST, schema })).text).toBe('It.');
    expect(formats).toEqual([FORMAT, undefined, undefined]);
  });

  test.each([
    [401, 'no key for this schema'],
    [429, 'too many schemas'],
    [400, 'the prompt is too long'],
  ])('fails as any other where a provider answers %s: %s', async (...refusal) => {
    const { model, formats } = refusing(...refusal);
    await expect(model({ ...REQUEST, schema })).rejects.toThrow(refusal[1]);
    expect(formats).toEqual([FORMAT]);
  });
});

describe('what is made of the answer', () => {
  const said = async (parts: Parts) => (await aiSdkModel(v4(parts))(REQUEST)).text;

  test('text parts are joined, all others left out', async () => {
    const content = [
      { type: 'reasoning', text: 'Hm.' },
      { type: 'text', text: 'One, ' },
      { type: 'source', sourceType: 'url', id: '1', url: 'https://example.com' },
      { type: 'text', text: 'two.' },
    ] as const;
    expect(await said({ content: [...content] })).toBe('One, two.');
    expect(await said({ content: [] })).toBe('');
    expect(await said({ finishReason: { unified: 'length', raw: 'max_tokens' } })).toBe('It.');
  });

  test.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['content-filter', 'refused'],
    ['tool-calls', 'unsupported'],
    ['error', 'broken'],
    ['interrupted', 'broken'],
    ['other', undefined],
  ] as const)('an end that the SDK calls %s is %s', async (unified, finishReason) => {
    const v4Reply = await aiSdkModel(v4({ finishReason: { unified, raw: 'overloaded' } }))(REQUEST);
    expect(v4Reply).toMatchObject({ text: 'It.', finishReason });
    const usage = { inputTokens: 1, outputTokens: 1, totalTokens: 2 };
    const model = { ...v2({}), doGenerate: async () => ({ content: [], finishReason: unified, usage }) };
    expect(await aiSdkModel(model as AISDKModel)(REQUEST)).toMatchObject({ text: '', finishReason });
  });
});

describe('what was used', () => {
  const used = async (model: AISDKModel) => (await aiSdkModel(model)(REQUEST)).usage;

  test('v4 and v3 say it all', async () => {
    expect(await used(v4())).toEqual(TOKENS);
    const { doGenerate } = v4();
    const v3 = new MockLanguageModelV3({ doGenerate: doGenerate as never });
    expect(await used(v3)).toEqual(TOKENS);
  });

  const none = { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined };
  const out = { total: 5, text: undefined, reasoning: undefined };
  test.each([
    [
      'parts without totals',
      { ...none, noCache: 7, cacheRead: 3 },
      { ...out, total: undefined, text: 4, reasoning: 1 },
      [10, 5, 3, 0, 1],
    ],
    ['a total without parts', { ...none, total: 9 }, out, [9, 5, 0, 0, 0]],
    ['a total that leaves parts out', { total: 9, noCache: 9, cacheRead: 6, cacheWrite: 2 }, out, [17, 5, 6, 2, 0]],
    ['nothing of the input', none, out, []],
    ['nothing of the output', { ...none, total: 9 }, { ...out, total: undefined }, []],
    ['numbers that are none', { ...none, total: Number.NaN }, out, []],
  ])('%s', async (_, inputTokens, outputTokens, counts) => {
    const usage = await used(v4({ usage: { inputTokens, outputTokens } }));
    expect(Object.values(usage ?? {})).toEqual(counts);
  });

  test.each<[string, string, object, object | undefined, number[]]>([
    [
      'OpenAI: cached among the input',
      'openai.chat',
      { inputTokens: 10, outputTokens: 5, totalTokens: 15, cachedInputTokens: 4, reasoningTokens: 2 },
      undefined,
      [10, 5, 4, 0, 2],
    ],
    [
      'Anthropic: cached apart',
      'anthropic.messages',
      { inputTokens: 10, outputTokens: 5, totalTokens: 15, cachedInputTokens: 4 },
      { anthropic: { cacheCreationInputTokens: 3 } },
      [17, 5, 4, 3, 0],
    ],
    [
      'Bedrock: cached apart',
      'amazon-bedrock',
      { inputTokens: 10, outputTokens: 5, totalTokens: 15, cachedInputTokens: 4 },
      { bedrock: { usage: { cacheWriteInputTokens: 3 } } },
      [17, 5, 4, 3, 0],
    ],
    [
      'Google: thoughts apart',
      'google.generative-ai',
      { inputTokens: 10, outputTokens: 5, totalTokens: 22, cachedInputTokens: 4, reasoningTokens: 7 },
      undefined,
      [10, 12, 4, 0, 7],
    ],
    ['half of it', 'openai.chat', { inputTokens: 10, outputTokens: undefined, totalTokens: undefined }, undefined, []],
  ])('v2, %s', async (_, provider, usage, metadata, counts) => {
    const tokens = await used(v2(usage, provider, metadata));
    expect(Object.values(tokens ?? {})).toEqual(counts);
  });

  test('the cost is what the option reads of it', async () => {
    const options: AISDKModelOptions = { costUsd: ({ providerMetadata }) => Number(providerMetadata?.gateway?.cost) };
    const model = aiSdkModel(v4({ providerMetadata: { gateway: { cost: '0.25' } } }), options);
    expect(await model(REQUEST)).toMatchObject({ costUsd: 0.25 });
    expect((await aiSdkModel(v4())(REQUEST)).costUsd).toBeUndefined();
  });
});

describe('whose prices hold', () => {
  test.each([
    ['anthropic.messages', 'anthropic'],
    ['openai.responses', 'openai'],
    ['azure.chat', 'azure'],
    ['google.generative-ai', 'google'],
    ['google.vertex.chat', 'google'],
    ['amazon-bedrock', 'aws'],
    ['xai.chat', 'x-ai'],
    ['togetherai.chat', 'together'],
    ['ollama.chat', 'ollama'],
    ['gateway', undefined],
  ])('%s: %s', (provider, priceProvider) => {
    const model = aiSdkModel(v2({}, provider));
    expect([model.modelName, model.priceProvider]).toEqual(['old', priceProvider]);
  });

  test('as the options say, before all', () => {
    const { modelName, priceProvider } = aiSdkModel(v4(), { priceProvider: 'azure', modelName: 'mine' });
    expect([modelName, priceProvider]).toEqual(['mine', 'azure']);
    expect(aiSdkModel(v4(), { priceProvider: null }).priceProvider).toBe('none');
  });
});

describe('trying again', () => {
  const failing = (fails: number, headers: Record<string, string>, isRetryable = true) => {
    const calls = { made: 0 };
    const model = new MockLanguageModelV4({
      doGenerate: async (call) => {
        calls.made += 1;
        if (calls.made > fails) return await v4().doGenerate(call);
        throw new APICallError({
          message: 'try later',
          url: 'https://example.com',
          requestBodyValues: {},
          statusCode: 429,
          responseHeaders: headers,
          isRetryable,
        });
      },
    });
    return { model, calls };
  };
  const soon = { 'retry-after-ms': '0' };

  test('what may work later is tried again, as often as said', async () => {
    const { model, calls } = failing(4, soon);
    expect((await aiSdkModel(model)(REQUEST)).text).toBe('It.');
    expect(calls.made).toBe(5);
    const stubborn = failing(9, { 'retry-after': '0' });
    await expect(aiSdkModel(stubborn.model, { maxRetries: 2 })(REQUEST)).rejects.toThrow('try later');
    expect(stubborn.calls.made).toBe(3);
  });

  test.each([
    ['what is final', soon, false],
    ['what is to be waited for too long', { 'retry-after': '3600' }, true],
    ['what is to be waited for till another day', { 'retry-after': 'Fri, 31 Dec 2100 23:59:59 GMT' }, true],
  ])('not %s', async (_, headers, isRetryable) => {
    const { model, calls } = failing(9, headers, isRetryable);
    await expect(aiSdkModel(model)(REQUEST)).rejects.toThrow('try later');
    expect(calls.made).toBe(1);
  });

  test('an abort ends the wait', async () => {
    const abort = new AbortController();
    const { model, calls } = failing(9, { 'retry-after': '100' });
    const answer = aiSdkModel(model)({ ...REQUEST, signal: abort.signal });
    answer.catch(() => {});
    while (calls.made === 0) await new Promise((resolve) => setImmediate(resolve));
    abort.abort(new Error('over'));
    await expect(answer).rejects.toThrow();
    expect(calls.made).toBe(1);
  });
});

test.each<[string, unknown, RegExp]>([
  ['a name', 'openai/gpt-5-mini', /"openai\/gpt-5-mini" is the name of a model; pass a model object: gateway\(/],
  [
    'nothing',
    undefined,
    /no language model of the AI SDK: it has no doGenerate\. Pass what a provider returns, as openai\(/,
  ],
  ['another kind of model', { specificationVersion: 'v4', doEmbed: () => {} }, /no language model of the AI SDK/],
  ['an old model', { ...v2({}), specificationVersion: 'v1' }, /specification v1; this package knows v2, v3, v4/],
  ['a future model', { ...v2({}), specificationVersion: 'v5' }, /specification v5/],
])('%s is refused', (_, model, message) => {
  expect(() => aiSdkModel(model as AISDKModel)).toThrow(
    expect.objectContaining({ code: 'invalid_options', message: expect.stringMatching(message) }),
  );
});

test('a setting that is undefined is as if it was not there', async () => {
  const seen: LanguageModelV4CallOptions[] = [];
  const settings: { [K in keyof Required<AISDKModelOptions>]: undefined } = {
    temperature: undefined,
    topP: undefined,
    topK: undefined,
    presencePenalty: undefined,
    frequencyPenalty: undefined,
    seed: undefined,
    stopSequences: undefined,
    reasoning: undefined,
    headers: undefined,
    providerOptions: undefined,
    maxOutputTokens: undefined,
    maxRetries: undefined,
    modelName: undefined,
    priceProvider: undefined,
    costUsd: undefined,
  };
  const [plain, handed] = [aiSdkModel(v4({}, seen)), aiSdkModel(v4({}, seen), settings)];
  expect(await handed(REQUEST)).toStrictEqual(await plain(REQUEST));
  expect(seen[0]).toStrictEqual(seen[1]);
  expect([handed.modelName, handed.priceProvider]).toEqual([plain.modelName, plain.priceProvider]);
});
