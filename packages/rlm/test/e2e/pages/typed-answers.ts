import { conversation, repl, submit } from '@rlm-bridge/fake-provider';
import { describe, expect, test } from 'vitest';
import { provider } from '../support/run.ts';
import { snippetsOf } from '../support/snippets.ts';
import { host } from './host.ts';

// Every snippet of docs/typed-answers-and-coverage.md does what is said there.

describe('docs/typed-answers-and-coverage.md', () => {
  const program = snippetsOf('docs/typed-answers-and-coverage.md', { 'crew.txt': 'Ines Okafor cooks.' }, { host });

  test('the snippets that are run here are all there are', () => {
    expect(program().names).toEqual(['Typed answers 1', 'validate 1', 'Coverage 1', 'Coverage 2']);
  });

  /** What a program prints when the root model gives these answers, one a turn. */
  async function run(name: string, ...answers: string[]): Promise<string> {
    const fake = await provider(conversation({ turns: answers.map(submit) }));
    const stdout = await program().run(name, { ANTHROPIC_API_KEY: 'a-key', ANTHROPIC_BASE_URL: fake.url });
    expect(fake.served).toHaveLength(answers.length);
    return stdout;
  }

  test('Typed answers: a wrong date goes back, and the right one arrives as a Date', async () => {
    const stdout = await run(
      'Typed answers 1',
      '{"name": "Ines Okafor", "born": "in 1961"}',
      '{"name": "Ines Okafor", "born": "1961-05-04"}',
    );
    expect(stdout).toBe('Ines Okafor 1961 []');
  });

  test('validate: what is no name of the crew goes back', async () => {
    const stdout = await run('validate 1', '"It is Ines Okafor."', '"Ines Okafor"');
    expect(stdout.split('\n')).toEqual([
      '1 It is Ines Okafor. Give one name of these and nothing else: Ines Okafor, Tom Reed.',
      'true Ines Okafor',
    ]);
  });

  test('Coverage: a short file is read whole', async () => {
    expect(await program().run('Coverage 1')).toBe('18 of 18 characters were read');
  });

  test('requireCoverage: an answer that comes too early goes back', async () => {
    const fake = await provider(
      conversation({
        turns: [submit('"The mate."'), repl('llm_query(context["crew.txt"])'), submit('"Nobody."')],
        prompt: 'Ines Okafor is the cook.',
      }),
    );
    const stdout = await program().run('Coverage 2', { ANTHROPIC_API_KEY: 'a-key', ANTHROPIC_BASE_URL: fake.url });
    expect(stdout).toBe('true answered 1');
    expect(fake.served).toHaveLength(4);
  });
});
