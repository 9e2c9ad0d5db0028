import { expect, test } from 'vitest';
import { memoryStore, type RLMOptions, runRLM } from '../../src/index.ts';
import { withoutTimes } from './support/journals.ts';
import { inLives } from './support/lives.ts';
import { optionsFor, provider } from './support/run.ts';
import { SCENARIOS } from './support/scenarios.ts';

// The mode RLM_TEST_ALWAYS_REPLAY does the same with the runs of every scenario here.

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
