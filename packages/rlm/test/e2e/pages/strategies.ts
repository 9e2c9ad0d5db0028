import { conversation, repl, submit } from '@rlm-bridge/fake-provider';
import { describe, expect, test } from 'vitest';
import { provider } from '../support/run.ts';
import { snippetsOf } from '../support/snippets.ts';
import { host } from './host.ts';

// Every snippet of docs/strategies.md does what the text around it says.

const BOOK = 'The cook raised the alarm.\n';

describe('docs/strategies.md', () => {
  const short = snippetsOf('docs/strategies.md', { 'book.txt': BOOK }, { host });
  const long = snippetsOf('docs/strategies.md', { 'book.txt': BOOK.repeat(5_000) }, { host });

  test('the snippets that are run here are all there are', () => {
    expect(short().names).toEqual(['Strategies 1', 'Prompt caching 1']);
  });

  test('Strategies: a short book in one call, a long one by recursion', async () => {
    const fake = await provider(
      conversation({ turns: [repl('print(context[:20])'), submit('"the cook, by code"')], prompt: 'unused' }),
    );
    const env = { ANTHROPIC_API_KEY: 'a-key', ANTHROPIC_BASE_URL: fake.url };
    const recursed = (await long().run('Strategies 1', env)).split('\n');
    expect(recursed[0]).toBe('the cook, by code');
    expect(recursed[1]).toMatch(/^recurse 2 the context has [\d,]+ tokens, measured: more than 16,384$/);
    const direct = await provider(() => 'The cook.');
    const said = (await short().run('Strategies 1', { ...env, ANTHROPIC_BASE_URL: direct.url })).split('\n');
    expect(said[0]).toBe('The cook.');
    expect(said[1]).toMatch(/^direct 1 the context has \d+ tokens, measured: at most 16,384$/);
  });

  test('Prompt caching: the second turn reads what the first wrote', async () => {
    const fake = await provider(conversation({ turns: [repl('print(context[:20])'), submit('"the cook"')] }));
    const env = { ANTHROPIC_API_KEY: 'a-key', ANTHROPIC_BASE_URL: fake.url };
    expect(await long().run('Prompt caching 1', env)).toMatch(/^true true 0\.\d+$/);
  });
});
