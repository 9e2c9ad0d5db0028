import { conversation, FakeProvider, repl, submit } from '@rlm-bridge/fake-provider';
import { expect, onTestFinished, test } from 'vitest';
import { snippetsOf } from '../../../rlm/test/e2e/support/snippets.ts';
import { PAGE_FILES, PAGE_HOME } from './support/page.ts';

// Every snippet of docs/ai-sdk.md does what the text around it says.

const BOOK = 'Chapter 1. The Kestrel lay at anchor.\nChapter 2. The cook raised the alarm.\n';

const program = snippetsOf('docs/ai-sdk.md', { 'book.txt': BOOK, ...PAGE_FILES }, { home: PAGE_HOME });

test('the snippets that are run here are all there are', () => {
  expect(program().names).toEqual(['Models 1', 'A run as a tool 1']);
});

test('Models: a provider package of the SDK serves root and sub-calls, at its prices', async () => {
  const fake = await FakeProvider.start(
    conversation({
      turns: [repl('said = llm_query("Who?\\n" + context)\nprint(said)'), submit('said')],
      prompt: ({ text }) => (text.includes('The cook raised') ? 'The cook.' : 'Nobody.'),
    }),
  );
  onTestFinished(() => fake.stop());
  const stdout = await program().run('Models 1', { OPENAI_API_KEY: 'a-key', OPENAI_BASE_URL: fake.openaiUrl });
  expect(stdout.split('\n')[0]).toBe('The cook.');
  const served = fake.served.map(({ request }) => `${request.kind} ${request.model} ${request.body.temperature}`);
  expect(served).toEqual(['turn gpt-4.1 0', 'prompt gpt-4o-mini undefined', 'turn gpt-4.1 0']);
  const total = Object.values(fake.bill).reduce((sum, { costPicoUsd }) => sum + (costPicoUsd ?? 0n), 0n);
  expect(BigInt(Math.round(Number(stdout.split(' ').at(-1)) * 1e12))).toBe(total);
});

test('A run as a tool: the model calls it, and is told the answer', async () => {
  const stdout = await program().run('A run as a tool 1');
  expect(stdout).toMatch(/^The tool says .*The cook raised the alarm/);
  expect(stdout).toContain("state: 'answered'");
});
