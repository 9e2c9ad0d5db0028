import { conversation, repl, submit } from '@rlm-bridge/fake-provider';
import { expect, test } from 'vitest';
import { defineTool, memoryStore, type RLMOptions, runRLM } from '../../src/index.ts';
import { environment } from './support/environment.ts';
import { linesOf } from './support/journals.ts';
import { optionsFor, provider } from './support/run.ts';
import { kill } from './support/victims.ts';

const QUERY = 'What is it?';
const CONTEXT = 'a short context';

const newest = () => 0;

test('a run whose REPL was killed ends with environment_died, and goes on when it is resumed', async () => {
  const runId = crypto.randomUUID();
  const deaths = { wanted: 1 };
  const fake = await provider(
    conversation({
      turns: [repl('one = llm_query("one")'), repl('two = llm_query("two")'), submit('one + two')],
      prompt: async ({ text }) => {
        if (text === 'two' && deaths.wanted-- > 0) await kill('REPL', runId, environment, newest);
        return `${text}!`;
      },
    }),
  );
  const options = optionsFor(fake, { environment, store: memoryStore(), runId });
  expect(await runRLM(CONTEXT, QUERY, options)).toMatchObject({
    success: false,
    stopReason: 'environment_error',
    error: { code: 'environment_died' },
  });
  const done = await runRLM(CONTEXT, QUERY, options);
  expect(done).toMatchObject({ success: true, answer: 'one!two!', lives: 2, iterations: 3 });
  expect(fake.served.filter(({ request }) => request.text === 'one')).toHaveLength(1);
});

test('a child whose REPL is gone ends a run that can be resumed; without a store its parent is told, as officially', async () => {
  const runId = crypto.randomUUID();
  const deaths = { wanted: 2 };
  const fake = await provider(
    conversation({
      turns: [repl('said = rlm_query("a")\nprint(said)'), submit('said')],
      childTurns: [repl('said = llm_query("leaf")\nprint(said)'), submit('said')],
      prompt: async () => {
        if (deaths.wanted-- > 0) await kill('REPL', runId, environment, newest);
        return 'a leaf';
      },
    }),
  );
  const options = optionsFor(fake, { environment, maxDepth: 2, runId });
  const unkept = await runRLM(CONTEXT, QUERY, options);
  expect(unkept).toMatchObject({ success: true, answer: expect.stringMatching(/^Error: .*the REPL is gone/) });
  const kept: RLMOptions = { ...options, store: memoryStore() };
  const ended = await runRLM(CONTEXT, QUERY, kept);
  expect(ended).toMatchObject({ success: false, error: { code: 'environment_died' } });
  expect(ended.error?.message).toMatch(/^In child 0\/1: the REPL is gone/);
  expect(await runRLM(CONTEXT, QUERY, kept)).toMatchObject({ success: true, answer: 'a leaf', lives: 2 });
});

test('a tool that was cut off with its run is called again, and what it said then is not in the journal', async () => {
  const calls: string[] = [];
  const aborting = new AbortController();
  const slow = defineTool({
    description: 'Waits for the end of its first run.',
    execute: async (_, { signal }) => {
      calls.push('slow');
      if (calls.length > 1) return 'done';
      aborting.abort();
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('cut off'))));
    },
  });
  const fake = await provider(conversation({ turns: [repl('said = slow()'), submit('said')] }));
  const store = memoryStore();
  const options = optionsFor(fake, { environment, store, runId: crypto.randomUUID(), tools: { slow } });
  await expect(runRLM(CONTEXT, QUERY, { ...options, signal: aborting.signal })).rejects.toThrow();
  expect((await linesOf(store, options.runId ?? '')).filter((line) => line.startsWith('{"record":"tool"'))).toEqual([]);
  expect(await runRLM(CONTEXT, QUERY, options)).toMatchObject({ success: true, answer: 'done', iterations: 2 });
  expect(calls).toHaveLength(2);
});
