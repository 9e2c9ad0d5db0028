import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conversation, repl, submit } from '@rlm-bridge/fake-provider';
import { expect, test } from 'vitest';
import { memoryStore, type RLMEvent, type RLMOptions, resumeRLM, runRLM } from '../../src/index.ts';
import { isReply, killedAfter, linesOf, replayed } from './support/journals.ts';
import { optionsFor, provider } from './support/run.ts';

const RUN = 'killed';
const SUBMITTED = submit('str(said)');

/** A run that was killed a moment before its end, and what to give to go on with it. */
async function killedAtItsEnd(codes: readonly string[]) {
  const fake = await provider(conversation({ turns: codes, prompt: ({ text }) => `heard ${text}` }));
  const store = memoryStore();
  const all = optionsFor(fake, { store, runId: RUN });
  const result = await runRLM('a short context', 'What is it?', all);
  const lines = await linesOf(store, RUN);
  const killed = await killedAfter(lines.findLastIndex(isReply) + 1, store, RUN);
  fake.forget();
  const { python, quiet, apiKey } = all;
  return { fake, result, store: killed, again: { python, quiet, apiKey, store: killed } };
}

const isDivergence = (event: RLMEvent) => event.type === 'replay.diverged';

test('a run that comes to its answer earlier than its journal has gone another way', async () => {
  const flag = join(await mkdtemp(join(tmpdir(), 'rlm-test-')), 'flag');
  const early = `import os\nif os.path.exists(${JSON.stringify(flag)}):\n    answer["content"], answer["ready"] = "early", True`;
  const { result, store, again } = await killedAtItsEnd([repl(early), repl('said = "late"'), SUBMITTED]);
  expect(result).toMatchObject({ answer: 'late', iterations: 3 });
  await writeFile(flag, '');
  const resumed = await resumeRLM(RUN, again);
  expect(resumed).toMatchObject({ success: true, answer: 'early', iterations: 1 });
  expect(resumed.trajectory.map(({ iteration, response }) => [iteration, response])).toEqual([[1, repl(early)]]);
  const diverged = (await replayed(store, RUN)).filter(isDivergence);
  expect(diverged).toMatchObject([{ node: '0', iteration: 1, what: 'missing', recorded: 'iteration 2', now: null }]);
});

const SOURCES = [
  ['the clock', 'import time\nsaid = llm_query(f"at {time.time_ns()}")'],
  ['uuid', 'import uuid\nsaid = llm_query(f"id {uuid.uuid4()}")'],
  ['os.urandom', 'import os\nsaid = llm_query(f"bytes {os.urandom(8).hex()}")'],
] as const;

test.each(SOURCES)(
  'where a prompt depends on %s, the first difference is told, and the run goes on live',
  async (_, code) => {
    const { fake, store, again } = await killedAtItsEnd([repl(code), SUBMITTED]);
    const resumed = await resumeRLM(RUN, again);
    expect(resumed).toMatchObject({ success: true, iterations: 2 });
    const diverged = (await replayed(store, RUN)).filter(isDivergence);
    expect(diverged).toMatchObject([{ node: '0', iteration: 1, codeBlock: 0, what: 'prompt' }]);
    const [difference] = diverged;
    if (difference?.type !== 'replay.diverged') throw new Error('no difference was told');
    expect(difference.now).toMatch(/^message 0, character \d+: /);
    expect(difference.now).not.toBe(difference.recorded);
    expect(resumed.answer).toBe(`heard ${fake.served[0]?.request.text}`);
  },
);

test.each(SOURCES)(
  'with onDivergence "fail", a prompt that depends on %s ends the run before it is asked',
  async (_, code) => {
    const { fake, again } = await killedAtItsEnd([repl(code), SUBMITTED]);
    const resumed = await resumeRLM(RUN, { ...again, onDivergence: 'fail' });
    expect(resumed).toMatchObject({ success: false, stopReason: 'diverged', error: { code: 'replay_diverged' } });
    expect(fake.served).toEqual([]);
  },
);

const SAME: readonly [string, string, RLMOptions?][] = [
  ['random', 'import random\nsaid = llm_query(f"drawn {random.random()} {random.sample(range(99), 5)}")'],
  ['the order of a set', "said = llm_query(f\"a set {set('abcdefgh')} {hash('a')}\")"],
];

test.each(SAME)('a prompt that depends on %s is the same in every life', async (_, code) => {
  const { fake, result, store, again } = await killedAtItsEnd([repl(code), SUBMITTED]);
  expect(await resumeRLM(RUN, again)).toMatchObject({ success: true, answer: result.answer });
  expect((await replayed(store, RUN)).filter(isDivergence)).toEqual([]);
  expect(fake.served).toEqual([]);
});

test('threads that ask in any order are answered by what they ask', async () => {
  const code =
    'from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(4) as pool:\n    said = list(pool.map(llm_query, [f"thread {n}" for n in range(6)]))';
  const { fake, result, store, again } = await killedAtItsEnd([repl(code), SUBMITTED]);
  expect(await resumeRLM(RUN, again)).toMatchObject({ success: true, answer: result.answer });
  expect((await replayed(store, RUN)).filter(isDivergence)).toEqual([]);
  expect(fake.served).toEqual([]);
});
