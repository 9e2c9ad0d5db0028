import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { conversation, repl, submit } from '@rlm-bridge/fake-provider';
import { describe, expect, test } from 'vitest';
import { provider } from '../support/run.ts';
import { snippetsOf } from '../support/snippets.ts';
import { host } from './host.ts';

// The snippet of the page does what the text around it says.

const FILES = { 'harbour.txt': 'The harbour master is called Ines Okafor.', 'crew.txt': 'The cook, and the mate.' };

describe('docs/runs-that-survive.md', () => {
  const program = snippetsOf('docs/runs-that-survive.md', FILES, { host });

  test('the snippets that are run here are all there are', () => {
    expect(program().names).toEqual(['Runs that survive 1', 'Reading a journal yourself 1']);
  });

  test('a run, its result again and again, its events, its code, and a fork: only the run and the fork are paid', async () => {
    const fake = await provider(
      conversation({
        turns: [repl('said = llm_query("Which of " + ", ".join(context))\nprint(said)'), submit('said')],
        prompt: () => 'harbour.txt',
      }),
    );
    const env = { ANTHROPIC_API_KEY: 'a-key', ANTHROPIC_BASE_URL: fake.url };
    const printed = (await program().run('Runs that survive 1', env)).split('\n');
    expect(printed[0]).toBe('run.started');
    expect(printed.filter((line) => line === 'call.completed')).toHaveLength(3);
    expect(printed.at(-2)).toBe('run.completed');
    expect(printed.at(-1)).toMatch(/^1 0 0\.0\d+ true [0-9a-f-]{36}$/);
    expect(fake.served.map(({ request }) => request.kind)).toEqual([
      'turn',
      'prompt',
      'turn',
      'turn',
      'prompt',
      'turn',
    ]);
  });

  test('the records of a journal are read by whoever likes, and followed to its end', async () => {
    const folderOf = (name: string) => join(program().folder, name, 'runs');
    await cp(folderOf('Runs that survive 1'), folderOf('Reading a journal yourself 1'), { recursive: true });
    const printed = (await program().run('Reading a journal yourself 1')).split('\n');
    expect(printed.filter((line) => line.endsWith(' harbour.txt'))).toHaveLength(1);
    const followed = printed.filter((line) => /^\d+ [a-z.]+$/.test(line));
    expect([followed[0], followed.at(-1)]).toEqual(['0 run', `${followed.length - 1} end`]);
  });
});
