import { repl, submit } from '@rlm-bridge/fake-provider';
import { describe, expect, test } from 'vitest';
import { provider } from '../support/run.ts';
import { byQuery } from '../support/session.ts';
import { snippetsOf } from '../support/snippets.ts';
import { host } from './host.ts';

// Every snippet of the page does what the text around it says.

const FILES = {
  'book.txt': 'The cook raised the alarm when he saw the smoke.',
  'crew.txt': 'The cook, the mate and eleven others.',
  'harbour.txt': 'The harbour master is called Ines Okafor, and she keeps the tide tables.',
};

describe('docs/sessions.md', () => {
  const program = snippetsOf('docs/sessions.md', FILES, { host });

  test('the snippets that are run here are all there are', () => {
    expect(program().names).toEqual(['A session 1', 'Stopping a turn 1', 'Sessions that survive 1']);
  });

  test('A session: three turns over two contexts, and their totals', async () => {
    const fake = await provider(
      byQuery(
        {
          'Who raised the alarm?': [repl('who = llm_query("Who? " + context)\nprint(who)'), submit('who')],
          'Is that one of the crew?': [submit('f"{who}: {who.lower() in context_1.lower()}"')],
          'How many are in it?': [submit('str([context_1, context[:8], len(history_0), len(history_1)])')],
        },
        { prompt: 'The cook' },
      ),
    );
    const stdout = await program().run('A session 1', { ANTHROPIC_API_KEY: 'a-key', ANTHROPIC_BASE_URL: fake.url });
    const [first, second, third, totals = ''] = stdout.split('\n');
    expect([first, second]).toEqual(['The cook', 'The cook: True']);
    expect(third).toMatch(/^\['The cook, the mate and eleven others\.', 'The cook', \d+, \d+\]$/);
    expect(totals).toMatch(/^3 1 0\.0\d+ \[ 'claude-sonnet-[\d-]+', 'claude-haiku-[\d-]+' \]$/);
  });

  test('Stopping a turn: an abort, and the session goes on', async () => {
    expect((await program().run('Stopping a turn 1')).split('\n')).toEqual(['true 0', 'true']);
  });

  test('Sessions that survive: a program that is run again goes on with its session', async () => {
    const runs = [await program().run('Sessions that survive 1'), await program().runAlone('Sessions that survive 1')];
    expect(runs.map((stdout) => stdout.split('\n').at(-1))).toEqual([
      expect.stringMatching(/ 1 0 0$/),
      expect.stringMatching(/ 1 0 0$/),
    ]);
    const answers = runs.map((stdout) => stdout.replace(/ 1 0 0$/, ''));
    expect(answers[0]).not.toBe('null');
    expect(answers[1]).toBe(answers[0]);
  });
});
