import { conversation, repl, submit } from '@rlm-bridge/fake-provider';
import { describe, expect, test } from 'vitest';
import { Page } from '../../markdown.ts';
import { provider } from '../support/run.ts';
import { snippetsOf } from '../support/snippets.ts';
import { host } from './host.ts';

// Every snippet of the page does what the text around it says.

const PAGE = 'docs/tools-and-host-models.md';

describe(PAGE, () => {
  const program = snippetsOf(PAGE, { 'book.txt': 'Of rope, article 7, and of tar, article 8.' }, { host });

  test('Host tools: a tool in the options', async () => {
    const fake = await provider(
      conversation({
        turns: [
          repl(
            'left = [lookup(7), lookup(8, unit="ft")]\ntry:\n    lookup(9)\nexcept RuntimeError as e:\n    print(e)',
          ),
          submit('f"{left} {len(today())}"'),
        ],
      }),
    );
    const stdout = await program().run('Host tools 1', { ANTHROPIC_API_KEY: 'a-key', ANTHROPIC_BASE_URL: fake.url });
    expect(stdout).toBe("[{'name': 'rope', 'left': 120}, {'name': 'tar', 'left': 0}] 10");
    const [first, second] = fake.served.map(({ request }) => request);
    const shown = /^```text\n(.*?)^```$/ms.exec(new Page(PAGE).text)?.[1];
    expect(first?.messages[0]?.content).toContain(shown);
    expect(second?.messages.map(({ content }) => content).join('\n')).toContain('tool lookup: no article 9');
  });

  test('Host tools: a tool of its own, and its events', async () => {
    const fake = await provider(conversation({ turns: [submit('str(area(3, height=4))')] }));
    const stdout = await program().run('Host tools 2', { ANTHROPIC_API_KEY: 'a-key', ANTHROPIC_BASE_URL: fake.url });
    expect(stdout.split('\n')).toEqual(['tool-1 area {"width":3,"height":4}', 'tool-1 succeeded null 2', '12']);
  });

  test('Host models: a function that asks a gateway, within a budget, at the price of its tokens', async () => {
    const fake = await provider(
      conversation({ turns: [repl('said = llm_query("Who? " + context)'), submit('said')], prompt: 'The cook.' }),
    );
    const stdout = await program().run('Host models 1', { GATEWAY_URL: fake.openaiUrl, GATEWAY_KEY: 'a-key' });
    const [answer, counts = ''] = stdout.split('\n');
    expect(answer).toBe('The cook.');
    expect(counts).toMatch(/^3 0\.0\d+$/);
    for (const { request } of fake.served) expect(request.maxOutputTokens).toBeGreaterThan(0);
  });
});
