import { conversation, repl, submit } from '@rlm-bridge/fake-provider';
import { expect, test } from 'vitest';
import { memoryStore, openSession, type RLMOptions, runRLM } from '../../src/index.ts';
import { withoutTimes } from './support/journals.ts';
import { AGAIN_ID, inLives, requireSame } from './support/lives.ts';
import { compareLivesOf } from './support/lives-of-sessions.ts';
import { optionsFor, provider } from './support/run.ts';
import { SCENARIOS } from './support/scenarios.ts';
import { byQuery } from './support/session.ts';

/** In dollars: enough for some turns of the root at their dearest. */
const BUDGET = 0.02;

// The mode RLM_TEST_ALWAYS_REPLAY does the same with the runs and sessions of every test here.

test.each(SCENARIOS)(
  'a run that is ended after every few effects and resumed comes to the same end: $name',
  async ({ script, context = 'a short context', options }) => {
    const fake = await provider(script);
    const store = memoryStore();
    const all = { ...optionsFor(fake, options as RLMOptions), store, runId: 'again' };
    const result = await runRLM(context, 'What is it?', all);
    expect(result.success).toBe(true);
    const lives = await inLives(store, 'again', all);
    expect(lives.map((life) => life.lives)).toEqual(lives.map((_, n) => n + 2));
    for (const life of lives) expect(withoutTimes(life)).toEqual(withoutTimes(result));
    expect(lives.at(-1)?.replayedCalls).toBeGreaterThan(0);
  },
);

test('a run that a budget ended ends so in every life, and no life spends more: at which call, their order decides', async () => {
  const turns = Array.from({ length: 8 }, (_, n) => repl(`print(llm_query_batched(["${n}", "more", "most"]))`));
  const fake = await provider(conversation({ turns, prompt: ({ text }) => `heard ${text}` }));
  const store = memoryStore();
  const all = { ...optionsFor(fake, { maxBudgetUsd: BUDGET }), store, runId: 'again' };
  const result = await runRLM('a short context', 'What is it?', all);
  expect(result).toMatchObject({ success: false, stopReason: 'budget', error: { code: 'budget_exceeded' } });
  const lives = await inLives(store, 'again', all);
  expect(lives).not.toEqual([]);
  for (const life of lives) {
    requireSame(life, result);
    expect(life.costUsd).toBeLessThanOrEqual(BUDGET);
  }
});

test('a session that is ended after every few effects and opened again comes to the same in each turn', async () => {
  const script = byQuery(
    {
      one: [repl('kept = llm_query_batched(["a", "b"])'), submit('"first"')],
      two: [repl('kept.append(llm_query("c"))\nprint(kept)'), submit('str(kept)')],
    },
    { prompt: ({ text }) => `heard ${text}` },
  );
  const options = { ...optionsFor(await provider(script)), store: memoryStore(), sessionId: AGAIN_ID };
  const session = compareLivesOf(await openSession(options), options);
  await session.run('a short context', 'one');
  const two = await session.run({ more: 'text' }, 'two');
  expect(two).toMatchObject({ answer: "['heard a', 'heard b', 'heard c']" });
  await session.close();
});
