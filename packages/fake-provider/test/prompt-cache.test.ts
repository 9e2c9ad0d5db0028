import { describe, expect, onTestFinished, test } from 'vitest';
import { FakeProvider } from '../src/index.ts';

const MARK = { cache_control: { type: 'ephemeral' } };
const LONG = 'x'.repeat(8_000);
const LONG_TOKENS = 2_000;

const block = (text: string, mark = false) => ({ type: 'text', text, ...(mark && MARK) });
const user = (...content: object[]) => ({ role: 'user', content });

async function anthropic() {
  const fake = await FakeProvider.start(() => 'well');
  onTestFinished(() => fake.stop());
  const post = (body: object) =>
    fetch(`${fake.url}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': 'k' },
      body: JSON.stringify({ model: 'claude-sonnet-4-5', max_tokens: 9, ...body }),
    });
  /** Tokens read from the cache and written to it. */
  const use = async (body: object) => {
    await (await post(body)).text();
    const usage = fake.served.at(-1)?.usage;
    return [usage?.cached, usage?.cacheWrite];
  };
  return { fake, post, use };
}

describe("Anthropic's prompt cache", () => {
  test('a turn reads what the turn before it wrote, and writes what is new', async () => {
    const { use } = await anthropic();
    expect(await use({ messages: [user(block(LONG, true))] })).toEqual([0, LONG_TOKENS]);
    const grown = [
      user(block(LONG)),
      { role: 'assistant', content: 'y'.repeat(400) },
      user(block('z'.repeat(400), true)),
    ];
    expect(await use({ messages: grown })).toEqual([LONG_TOKENS, 200]);
    expect(await use({ messages: grown })).toEqual([LONG_TOKENS + 200, 0]);
  });

  test('the system prompt comes first', async () => {
    const { use } = await anthropic();
    const system = [block(LONG, true)];
    expect(await use({ system, messages: [user(block('one'))] })).toEqual([0, LONG_TOKENS]);
    expect(await use({ system, messages: [user(block('another'))] })).toEqual([LONG_TOKENS, 0]);
    expect(await use({ system: [block(`${LONG}!`, true)], messages: [user(block('one'))] })).toEqual([0, LONG_TOKENS]);
  });

  test('without a mark nothing is written or read', async () => {
    const { use } = await anthropic();
    await use({ messages: [user(block(LONG, true))] });
    expect(await use({ messages: [user(block(LONG))] })).toEqual([0, 0]);
  });

  test('a mark on the request stands on its last block', async () => {
    const { use } = await anthropic();
    await use({ ...MARK, messages: [user(block(LONG))] });
    expect(await use({ messages: [user(block(LONG, true))] })).toEqual([LONG_TOKENS, 0]);
  });

  test('a prefix under the minimum of the model is not cached', async () => {
    const { use } = await anthropic();
    const messages = [user(block('x'.repeat(4 * 1_023), true))];
    for (const _ of [1, 2]) expect(await use({ messages })).toEqual([0, 0]);
    const longer = { model: 'claude-haiku-4-5', messages: [user(block(LONG, true))] };
    for (const _ of [1, 2]) expect(await use(longer)).toEqual([0, 0]);
  });

  test('no other model reads it', async () => {
    const { use } = await anthropic();
    await use({ messages: [user(block(LONG, true))] });
    expect(await use({ model: 'claude-sonnet-5-5', messages: [user(block(LONG, true))] })).toEqual([0, LONG_TOKENS]);
  });

  test('a write more than 19 blocks before a mark is out of reach', async () => {
    const { use } = await anthropic();
    await use({ messages: [user(block(LONG, true))] });
    const after = (count: number) => {
      const more = Array.from({ length: count }, () => block('abcd'));
      return [user(block(LONG), ...more.slice(1), block('abcd', true))];
    };
    expect((await use({ messages: after(20) }))[0]).toBe(0);
    expect((await use({ messages: after(19) }))[0]).toBe(LONG_TOKENS);
  });

  test('a fifth mark is refused', async () => {
    const { fake, post } = await anthropic();
    const messages = [user(...Array.from({ length: 5 }, () => block('abcd', true)))];
    const response = await post({ messages });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('maximum of 4');
    expect(fake.bill).toEqual({});
  });
});
