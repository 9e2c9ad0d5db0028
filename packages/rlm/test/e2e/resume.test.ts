import { conversation, type FakeProvider, repl, type Script, submit } from '@rlm-bridge/fake-provider';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { forkRLM, type RLMEvent, type RLMOptions, resumeRLM, runRLM } from '../../src/index.ts';
import { memoryStore } from '../../src/store/memory-store.ts';
import { effectsIn, isIntent, isReply, killedAfter, linesOf, replayed, withoutTimes } from './support/journals.ts';
import { optionsFor, PYTHON, provider } from './support/run.ts';

const CONTEXT = 'a short context';
const QUERY = 'What is it?';
const RUN = 'invoice-4711';

interface Scenario {
  name: string;
  script: () => Script;
  options?: RLMOptions<unknown>;
}

const batch = () =>
  conversation({
    turns: [
      repl('one = llm_query("first")\nprint(one)'),
      repl('said = llm_query_batched(["a", "b", "c"])\nprint(said)'),
      submit('one + said[2]'),
    ],
    prompt: ({ text }) => `heard ${text}`,
  });

const tools = () => ({
  price: {
    description: 'The price of a thing.',
    input: z.object({ thing: z.string() }),
    execute: ({ thing }: { thing: string }) => thing.length,
  },
});

const SCENARIOS: Scenario[] = [
  { name: 'a batch of sub-calls', script: batch },
  {
    name: 'host tools, and a typed answer that is refused once',
    script: () =>
      conversation({
        turns: [
          repl('a = price(thing="lamp")\nprint(a)'),
          submit('"nothing"'),
          submit('f\'{{"n": {a + price(thing="bed")}}}\''),
        ],
      }),
    options: { tools: tools(), schema: z.object({ n: z.number().transform((n) => n * 2) }) },
  },
  {
    name: 'children',
    script: () =>
      conversation({
        turns: [repl('said = rlm_query_batched(["a", "bb"])\nprint(said)'), submit('" ".join(said)')],
        childTurns: [submit('context + llm_query(context + "x")')],
        prompt: ({ text }) => String(text.length),
      }),
    options: { maxDepth: 2 },
  },
  { name: 'strategy direct', script: () => () => 'It is short.', options: { strategy: 'direct' } },
];

async function begin(fake: FakeProvider, options: RLMOptions<unknown> = {}) {
  const store = memoryStore();
  const events: RLMEvent[] = [];
  const all = { ...optionsFor(fake, options as RLMOptions), store, runId: RUN };
  const result = await runRLM<unknown>(CONTEXT, QUERY, {
    ...all,
    onEvent: (event) => events.push(event),
  } as RLMOptions<unknown>);
  return { store, result, events, options: all };
}

/** What a store cannot keep. */
function givenAgain(options: RLMOptions) {
  const { tools: given, schema } = options;
  return { python: PYTHON, quiet: true, apiKey: 'test-key', ...(given && { tools: given }), ...(schema && { schema }) };
}

test.each(SCENARIOS)(
  'a run that is killed after any effect goes on to the same end, and pays nothing twice: $name',
  async ({ script, options }) => {
    const fake = await provider(script());
    const { store, result, events, options: all } = await begin(fake, options);
    const asked = fake.served.length;
    const lines = await linesOf(store, RUN);
    const kills = effectsIn(lines).map(({ line }) => line);
    expect(kills.length).toBeGreaterThan(0);
    for (const count of kills) {
      fake.forget();
      const killed = await killedAfter(count, store, RUN);
      const resumed = await resumeRLM<unknown>(RUN, { ...givenAgain(all), store: killed } as never);
      const known = lines.slice(0, count);
      const replies = known.filter(isReply).length;
      const inFlight = known.filter(isIntent).length - replies;
      expect(fake.served.length).toBe(asked - replies);
      expect(resumed).toMatchObject({ lives: 2, answer: (result as { answer: unknown }).answer, journal: 'complete' });
      expect(resumed.usage.abandonedCalls).toBe(inFlight);
      if (inFlight === 0) expect(withoutTimes(resumed)).toEqual(withoutTimes(result));
      else expect(resumed.costUsd).toBeNull();
      expect(resumed.iterations).toBe(result.iterations);
    }
    // With no provider at all, its end and its events are told from the journal.
    await fake.stop();
    expect(await runRLM<unknown>(CONTEXT, QUERY, all as RLMOptions<unknown>)).toEqual(result);
    expect(await resumeRLM<unknown>(RUN, { ...givenAgain(all), store } as never)).toEqual(result);
    expect(withoutTimes(await replayed(store, RUN))).toEqual(withoutTimes(events));
  },
);

test('a fork begins as its source did, and pays only what is its own', async () => {
  const fake = await provider(batch());
  const { store, options } = await begin(fake);
  fake.forget();
  const fork = await forkRLM(RUN, { ...givenAgain(options), store, from: { iteration: 3 }, runId: 'other' });
  expect(fork).toMatchObject({ success: true, answer: 'heard firstheard c', iterations: 3, lives: 1 });
  expect(fork.usage.calls).toBe(1);
  expect(fake.served).toHaveLength(1);
  expect(fork.trajectory.map(({ iteration }) => iteration)).toEqual([1, 2, 3]);
  expect((await replayed(store, 'other')).every(({ runId }) => runId === 'other')).toBe(true);
});
