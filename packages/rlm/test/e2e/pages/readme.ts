import { conversation, repl, submit } from '@rlm-bridge/fake-provider';
import { describe, expect, test } from 'vitest';
import { provider } from '../support/run.ts';
import { snippetsOf } from '../support/snippets.ts';
import { host } from './host.ts';

// Every snippet of README.md does what the text around it says.

const FILES = {
  'book.txt': [
    'Chapter 1. The name of the ship is the Kestrel. She lay at anchor that night.',
    ...Array.from({ length: 400 }, (_, line) => `Line ${line} tells of rope, tar and weather.`),
    'Chapter 2. The cook raised the alarm when he saw the smoke.',
  ].join('\n'),
  'crew.txt': 'The cook, the mate and eleven others.',
  'harbour.txt': 'The harbour master is called Ines Okafor, and she keeps the tide tables.',
};

describe('README.md', () => {
  const program = snippetsOf('README.md', FILES, { host });

  test('the snippets that are run here are all there are', () => {
    expect(program().names).toEqual(['Quickstart 1', 'The result 1', 'Events and abort 1', 'Troubleshooting 1']);
  });

  test('Quickstart: docker, the models it names, the answer and the counts', async () => {
    const answer = 'The cook raised the alarm, in chapter 2.';
    const fake = await provider(
      conversation({
        turns: [repl('found = llm_query("Who raised the alarm?\\n" + context)\nprint(found)'), submit('found')],
        prompt: ({ text }) => (text.includes('The cook raised the alarm') ? answer : 'The book does not say.'),
      }),
    );
    const stdout = await program().run('Quickstart 1', { ANTHROPIC_API_KEY: 'a-key', ANTHROPIC_BASE_URL: fake.url });
    const [first, counts = ''] = stdout.split('\n');
    expect(first).toBe(answer);
    expect(counts).toMatch(/^2 1 0\.0\d+$/);
    const served = fake.served.map(({ request }) => `${request.kind} ${request.model}`);
    expect(served).toEqual(['turn claude-sonnet-5-5', 'prompt claude-haiku-5-5', 'turn claude-sonnet-5-5']);
  });

  test('The result: the answer names the file, and usage and log follow', async () => {
    const stdout = await program().run('The result 1');
    expect(stdout).toContain('harbour.txt');
    expect(stdout).toMatch(/^\d+ \{.*offline.*\.jsonl$/ms);
  });

  test('Events and abort: iterations, calls and success', async () => {
    const lines = (await program().run('Events and abort 1')).split('\n');
    expect(lines).toContainEqual(expect.stringMatching(/^iteration 1 \d+$/));
    expect(lines).toContainEqual('root offline 0');
    expect(lines.at(-1)).toBe('true');
  });

  test('Troubleshooting: a line for each check', async () => {
    const stdout = await program().run('Troubleshooting 1', { ANTHROPIC_API_KEY: 'a-key' });
    for (const name of ['uv', 'python', 'worker-environment', 'container-runtime', 'sandbox-image', 'keys']) {
      expect(stdout).toMatch(new RegExp(`^(ok|warning) +${name} `, 'm'));
    }
    expect(stdout).toContain('Runs can go ahead.');
    expect(stdout).not.toContain('a-key');
  });
});
