import { afterEach, describe, expect, test } from 'vitest';
import { billTotal, DROP, FakeProvider, HANG, type Reply, type Script, usageOf } from '../src/index.ts';

const started: FakeProvider[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((provider) => provider.stop()));
});

async function provider(script: Script) {
  const fake = await FakeProvider.start(script);
  started.push(fake);
  return fake;
}

const messages = [{ role: 'user', content: 'How long is a piece of string?' }];

function post(url: string, body: unknown, signal?: AbortSignal) {
  const headers = { 'content-type': 'application/json', authorization: 'Bearer k', 'x-api-key': 'k' };
  return fetch(url, { method: 'POST', headers, body: JSON.stringify(body), ...(signal && { signal }) });
}

const askOpenAI = (fake: FakeProvider, model = 'gpt-4.1', signal?: AbortSignal) =>
  post(`${fake.openaiUrl}/chat/completions`, { model, messages }, signal);

describe('wire formats report the details of usage', () => {
  const text = 'Twice half its length.';

  test('openai', async () => {
    const fake = await provider(() => text);
    const body = await (await askOpenAI(fake)).json();
    const usage = usageOf(messages, text, 'openai');
    expect(body).toMatchObject({ choices: [{ message: { content: text } }] });
    expect(body).toHaveProperty('usage', {
      prompt_tokens: usage.input,
      completion_tokens: usage.output,
      total_tokens: usage.input + usage.output,
      prompt_tokens_details: { cached_tokens: usage.cached },
      completion_tokens_details: { reasoning_tokens: usage.reasoning },
    });
    expect(usage.cached).toBeGreaterThan(0);
  });

  test('anthropic, and streamed', async () => {
    const fake = await provider(() => text);
    const ask = { model: 'claude-haiku-4-5', max_tokens: 10, messages };
    const usage = usageOf(messages, text, 'anthropic');
    const body = await (await post(`${fake.url}/v1/messages`, ask)).json();
    expect(body).toMatchObject({
      usage: { input_tokens: usage.input, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 },
    });
    const stream = await (await post(`${fake.url}/v1/messages`, { ...ask, stream: true })).text();
    expect(stream).toContain('"cache_read_input_tokens":0');
    expect(stream).toContain(`"output_tokens":${usage.output}`);
  });

  test.each(['v1', 'v1beta'])('gemini %s', async (version) => {
    const fake = await provider(() => text);
    const url = `${fake.url}/${version}/models/gemini-2.5-flash:generateContent`;
    const body = await (
      await post(url, { contents: [{ role: 'user', parts: [{ text: messages[0]?.content }] }] })
    ).json();
    const usage = usageOf(messages, text, 'gemini');
    expect(body).toHaveProperty('usageMetadata', {
      cachedContentTokenCount: usage.cached,
      totalTokenCount: usage.input + usage.output,

      promptTokenCount: usage.input,
      thoughtsTokenCount: usage.reasoning,
      candidatesTokenCount: usage.output - usage.reasoning,
    });
    expect(fake.served[0]?.request).toMatchObject({
      format: 'gemini',
      model: 'gemini-2.5-flash',
      text: messages[0]?.content,
    });
  });
});

test('the bill counts answered calls only, by model, in whole pico-dollars', async () => {
  const replies: Reply[] = ['four', { status: 500, message: 'broken' }, 'eight'];
  const fake = await provider(({ number }) => replies[number - 1] ?? 'more');
  await askOpenAI(fake, 'gpt-4.1');
  await askOpenAI(fake, 'gpt-4.1');
  await askOpenAI(fake, 'gpt-4o-mini');
  const usage = usageOf(messages, 'four', 'openai');
  const fresh = usage.input - usage.cached;
  expect(fake.bill['gpt-4.1']).toEqual({
    calls: 1,
    inputTokens: usage.input,
    outputTokens: usage.output,
    cachedInputTokens: usage.cached,
    cacheWriteTokens: 0,
    reasoningTokens: usage.reasoning,
    costPicoUsd: BigInt(fresh * 2_000_000 + usage.cached * 500_000 + usage.output * 8_000_000),
  });
  expect(billTotal(fake.bill).calls).toBe(2);
  expect(fake.served.map(({ outcome }) => outcome)).toEqual(['billed', 'refused', 'billed']);
  await askOpenAI(fake, 'a-model-of-mine');
  expect(billTotal(fake.bill).costPicoUsd).toBeNull();
});

test('a model that declines says so beside the text, on the wire of OpenAI', async () => {
  const fake = await provider(() => ({ text: 'I cannot help.', ending: 'declined' }));
  const body = await (await askOpenAI(fake)).json();
  const message = { content: null, refusal: 'I cannot help.' };
  expect(body).toMatchObject({ choices: [{ finish_reason: 'stop', message }] });
});

test('a provider bills for what it says that it read', async () => {
  const fake = await provider(() => ({ text: 'yes', inputTokens: 2, outputTokens: 1 }));
  const body = await (await askOpenAI(fake)).json();
  expect(body).toMatchObject({ usage: { prompt_tokens: 2, completion_tokens: 1, total_tokens: 3 } });
  expect(billTotal(fake.bill)).toMatchObject({ inputTokens: 2, outputTokens: 1 });
});

test('a refusal carries its status and Retry-After', async () => {
  const fake = await provider(() => ({ status: 429, message: 'slow down', retryAfterS: 7 }));
  const response = await askOpenAI(fake);
  expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7']);
});

test('a hanging request stays open until the client closes it, and is seen to close', async () => {
  const fake = await provider(() => HANG);
  const client = new AbortController();
  const asked = askOpenAI(fake, 'gpt-4.1', client.signal);
  await fake.until(({ openRequests }) => openRequests === 1);
  client.abort();
  await expect(asked).rejects.toThrow('aborted');
  await fake.until(({ openRequests }) => openRequests === 0);
  expect(fake.served[0]).toMatchObject({ outcome: 'cut', usage: null });
});

test('a dropped connection is an error for the client and no bill', async () => {
  const fake = await provider(() => DROP);
  await expect(askOpenAI(fake)).rejects.toThrow('fetch failed');
  expect(fake.bill).toEqual({});
  expect(fake.served[0]?.outcome).toBe('cut');
});
