import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { billTotal, FakeProvider, repl, submit } from '@rlm-bridge/fake-provider';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  forkRLM,
  memoryStore,
  openSession,
  type RLMEvent,
  type RLMSession,
  type RLMSessionOptions,
  type RunStore,
  resumeRLM,
  runRLM,
  verifyRLM,
} from '../../src/index.ts';
import { picoUsd } from './support/bill.ts';
import { killedAfter, linesOf, replayed, withoutTimes } from './support/journals.ts';
import { optionsFor, provider } from './support/run.ts';
import { byQuery, turn } from './support/session.ts';

const ID = 'support-42';
const LOOK = submit('str([kept, sorted(n for n in globals() if n.startswith(("context", "history")))])');
const SCRIPT = byQuery(
  {
    one: [repl('kept = llm_query_batched(["a", "b"])'), submit('"first"')],
    two: [repl('kept.append(llm_query("c"))\nprint(kept)'), submit('"second"')],
    look: [LOOK],
    failing: [{ status: 400, message: 'no' }],
  },
  { prompt: ({ text }) => `heard ${text}` },
);
const KEPT = ['heard a', 'heard b', 'heard c'];

const HISTORIES = ['history', 'history_0', 'history_1'];

function pythonList(items: readonly string[]): string {
  return `[${items.map((item) => `'${item}'`).join(', ')}]`;
}

/** What the last query answers after both others. */
const SEEN = `[${pythonList(KEPT)}, ${pythonList(['context', 'context_0', 'context_1', ...HISTORIES])}]`;

async function open(fake: FakeProvider, store: RunStore, options: RLMSessionOptions = {}): Promise<RLMSession> {
  const session = await openSession({ ...optionsFor(fake), store, sessionId: ID, ...options });
  onTestFinished(() => session.close());
  return session;
}

/** A session of two turns, closed. */
async function kept(options: RLMSessionOptions = {}, script = SCRIPT) {
  const fake = await provider(script);
  const store = memoryStore();
  const session = await open(fake, store, options);
  const results = [await session.run('text', 'one'), await session.run({ more: 'text' }, 'two')];
  const { totals } = session;
  await session.close();
  return { fake, store, results, totals };
}

/** The same, made once for the tests that look at what is kept: each has a store and a provider of its own. */
const made = memoryStore();
beforeAll(async () => {
  const fake = await FakeProvider.start(SCRIPT);
  await using session = await openSession({ ...optionsFor(fake), store: made, sessionId: ID });
  await session.run('text', 'one');
  await session.run({ more: 'text' }, 'two');
  await session.close();
  await fake.stop();
});
async function keptBefore() {
  return { fake: await provider(SCRIPT), store: await killedAfter(Number.POSITIVE_INFINITY, made, ID) };
}

describe('a session in a store', () => {
  test('goes on in another process: the variables are as they were, nothing is asked or paid twice, sums go on', async () => {
    const { fake, store, totals } = await kept();
    const asked = fake.served.length;
    const again = await open(fake, store);
    expect(fake.served).toHaveLength(asked);
    expect([again.totals, again.unfinished, again.id]).toEqual([totals, null, ID]);
    const look = turn(again, undefined, 'look');
    expect(await look.run).toMatchObject({
      success: true,
      answer: SEEN,
      lives: 1,
      replayedCalls: 0,
      journal: 'complete',
    });
    expect(again.totals).toMatchObject({ turns: 3, iterations: totals.iterations + 1, subCalls: 3 });
    expect(picoUsd(again.totals.costUsd)).toBe(billTotal(fake.bill).costPicoUsd);
    expect(look.events.filter(({ type }) => type === 'replay.diverged')).toEqual([]);
  });

  test('killed after any line of its journal it goes on, and comes to the same end and bill', async () => {
    const { fake, store, results, totals } = await kept();
    const lines = await linesOf(store, ID);
    const asked = fake.served.length;
    for (let count = 1; count < lines.length; count += 5) {
      const cut = await killedAfter(count, store, ID);
      fake.forget();
      const session = await open(fake, cut);
      const before = session.totals.turns - (session.unfinished === null ? 0 : 1);
      const rest = [];
      if (before < 1) rest.push(await session.run('text', 'one'));
      if (before < 2) rest.push(await session.run({ more: 'text' }, 'two'));
      const inFlight = session.totals.usage.abandonedCalls;
      expect(withoutTimes(rest.map(({ answer, iterations }) => [answer, iterations]))).toEqual(
        results.slice(2 - rest.length).map(({ answer, iterations }) => [answer, iterations]),
      );
      const recorded = totals.usage.calls + inFlight - session.totals.usage.calls;
      expect(recorded).toBe(0);
      expect(fake.served.length).toBeLessThanOrEqual(asked);
      if (inFlight === 0) expect(session.totals).toEqual(totals);
      expect((await session.run(undefined, 'look')).answer).toBe(SEEN);
      await session.close();
    }
  });

  test('tells of a turn that was cut off; asked again it goes on, with its lives and its replayed calls', async () => {
    const { fake, store } = await keptBefore();
    const lines = await linesOf(store, ID);
    const heard = lines.findLastIndex((line) => line.includes('heard c') && line.includes('call.reply'));
    const cut = await killedAfter(heard + 1, store, ID);
    fake.forget();
    const session = await open(fake, cut);
    const { unfinished } = session;
    expect(unfinished).toMatchObject({ query: 'two' });
    expect(session.totals).toMatchObject({ turns: 2, subCalls: 3 });
    const two = turn(session, undefined, 'two');
    expect(two.run.id).toBe(unfinished?.runId);
    expect(await two.run).toMatchObject({ success: true, answer: 'second', lives: 2, replayedCalls: 2 });
    expect(fake.served).toHaveLength(1);
    expect(session.unfinished).toBeNull();
    expect(session.totals).toMatchObject({ turns: 2, subCalls: 3 });
    expect((await session.run(undefined, 'look')).answer).toBe(SEEN);
  });

  test('leaves a turn that was cut off as it was when another one is asked', async () => {
    const { fake, store } = await keptBefore();
    const lines = await linesOf(store, ID);
    const heard = lines.findLastIndex((line) => line.includes('heard c') && line.includes('call.reply'));
    const cut = await killedAfter(heard + 1, store, ID);
    const session = await open(fake, cut);
    const { costUsd } = session.totals;
    fake.forget();
    const names = ['context', 'context_0', 'context_1', 'history', 'history_0'];
    const seen = `[${pythonList(KEPT)}, ${pythonList(names)}]`;
    expect((await session.run(undefined, 'look')).answer).toBe(seen);
    expect(fake.served).toHaveLength(1);
    expect([session.unfinished, session.totals.turns]).toEqual([null, 3]);
    expect(picoUsd(session.totals.costUsd)).toBe((picoUsd(costUsd) ?? 0n) + (billTotal(fake.bill).costPicoUsd ?? 0n));
    await session.close();
    const ends = (await replayed(cut, ID)).filter(({ type }) => type === 'run.completed' || type === 'run.failed');
    expect(ends.map((event) => ('code' in event ? event.code : 'answered'))).toEqual([
      'answered',
      'aborted',
      'answered',
    ]);
    fake.forget();
    const third = await open(fake, cut);
    expect((await third.run(undefined, 'look')).answer).toBe(
      `[${pythonList(KEPT)}, ${pythonList([...names, 'history_1'])}]`,
    );
    expect(fake.served).toHaveLength(1);
  });

  test('a turn that a provider failed or that was aborted goes on in another process, with the same query', async () => {
    let isDown = true;
    const fake = await provider((request) => {
      const isThird = request.messages.length > 3;
      return isDown && isThird ? { status: 400, message: 'no' } : SCRIPT(request);
    });
    const store = memoryStore();
    const session = await open(fake, store);
    expect(await session.run('text', 'one')).toMatchObject({ success: false, stopReason: 'provider_error' });
    await session.close();
    isDown = false;
    fake.forget();
    const again = await open(fake, store);
    expect(again.unfinished).toMatchObject({ query: 'one' });
    expect(await again.run('text', 'one')).toMatchObject({
      success: true,
      answer: 'first',
      lives: 2,
      replayedCalls: 3,
    });
    expect(again.totals.turns).toBe(1);
  });

  test('of two processes one has it', async () => {
    const { fake, store } = await keptBefore();
    await open(fake, store);
    await expect(open(fake, store)).rejects.toMatchObject({ code: 'run_in_progress' });
  });

  test('an opening that fails gives the session back', async () => {
    const { fake, store } = await keptBefore();
    await expect(open(fake, store, { systemPrompt: 'other' })).rejects.toMatchObject({ code: 'run_mismatch' });
    await expect(open(fake, store, { python: '/nonexistent/python' })).rejects.toMatchObject({
      code: 'python_not_found',
    });
    const signal = AbortSignal.abort('no');
    await expect(open(fake, store, { signal })).rejects.toMatchObject({ code: 'aborted' });
    expect((await open(fake, store)).totals.turns).toBe(2);
  });
});

test.each<[string, RLMSessionOptions, RegExp]>([
  ['another root model', { rootModel: 'gpt-4o' }, /Session "support-42".*its rootModel was 'openai: gpt-4.1'/],
  ['compaction', { compaction: true }, /its compaction was false and is now true/],
  ['other tools', { tools: { t: { description: 'd', execute: () => 1 } } }, /its tools are not the same/],
])('a session of the same id that is another one is refused: %s', async (_, options, message) => {
  const { fake, store } = await keptBefore();
  await expect(open(fake, store, options)).rejects.toMatchObject({
    code: 'run_mismatch',
    message: expect.stringMatching(message),
  });
});

test('a session is no run and a run no session, and each says which door is right', async () => {
  const { fake, store } = await keptBefore();
  const options = { ...optionsFor(fake), store };
  const refusal = (door: RegExp) => ({ code: 'run_mismatch', message: expect.stringMatching(door) });
  await expect(runRLM('text', 'one', { ...options, runId: ID })).rejects.toMatchObject(refusal(/openSession/));
  await expect(resumeRLM(ID, { store })).rejects.toMatchObject(refusal(/openSession/));
  await expect(verifyRLM(ID, { store })).rejects.toMatchObject(refusal(/openSession/));
  await expect(forkRLM(ID, { store, from: { iteration: 1 } })).rejects.toMatchObject(refusal(/openSession/));
  await runRLM('text', 'one', { ...options, runId: 'a-run' });
  await expect(open(fake, store, { sessionId: 'a-run' })).rejects.toMatchObject(refusal(/runRLM or resumeRLM/));
});

test('a file of any turn that has changed is told at the opening', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'rlm-test-')), 'book.txt');
  await writeFile(file, 'one');
  const fake = await provider(SCRIPT);
  const store = memoryStore();
  const session = await open(fake, store);
  await session.run({ file }, 'one');
  await session.run('text', 'two');
  await session.close();
  await writeFile(file, 'two');
  await expect(open(fake, store)).rejects.toMatchObject({
    code: 'context_changed',
    message: expect.stringContaining(
      `${file} has changed since the run began. Put it back as it was, or open a session`,
    ),
  });
  await writeFile(file, 'one');
  expect((await (await open(fake, store)).run(undefined, 'look')).success).toBe(true);
});

const CLOCK = byQuery({
  one: [repl('import time\nkept = [str(time.time_ns())]\nprint(llm_query(f"now {kept}"))'), submit('"first"')],
  two: [submit('"second"')],
  look: [submit('str(len(history_0)) + kept[0]')],
});

test('what was said in a turn stands when its code asks in other words: told, and nobody is asked', async () => {
  const { fake, store } = await kept({}, CLOCK);
  const events: RLMEvent[] = [];
  fake.forget();
  const session = await open(fake, store, { onEvent: (event) => events.push(event) });
  expect(events).toMatchObject([{ type: 'replay.diverged', what: 'prompt', iteration: 1, codeBlock: 0 }]);
  expect(fake.served).toEqual([]);
  expect((await session.run(undefined, 'look')).success).toBe(true);
});

test('with onDivergence fail a session whose code asks in other words is not opened', async () => {
  const { fake, store } = await kept({}, CLOCK);
  fake.forget();
  await expect(open(fake, store, { onDivergence: 'fail' })).rejects.toMatchObject({
    code: 'replay_diverged',
    message: expect.stringMatching(/^Turn 1 of session "support-42"/),
  });
  expect(fake.served).toEqual([]);
});

test('tools, typed answers and coverage of turns that are over are as they were, and nobody is called', async () => {
  let called = 0;
  const input = { type: 'object', properties: { text: { type: 'string' } } } as const;
  const execute = ({ text }: { text?: string }) => `${text}${++called}`;
  const tools = { double: { description: 'd', input, execute } };
  const fake = await provider(
    byQuery(
      {
        one: [repl('kept = [double(text="a"), llm_query(context)]'), submit('"no"'), submit('"yes"')],
        look: [submit('str(kept)')],
      },
      { prompt: () => 'heard' },
    ),
  );
  const store = memoryStore();
  let judged = 0;
  const session = await open(fake, store, { tools });
  const judge = { validate: (answer: string) => ++judged > 0 && answer === 'yes' };
  const one = await session.run('What is said here once is said to the model. '.repeat(20), 'one', judge);
  expect(one).toMatchObject({ success: true, answer: 'yes' });
  await session.close();
  const again = await open(fake, store, { tools });
  const look = await again.run(undefined, 'look', { requireCoverage: 1 });
  expect(look).toMatchObject({ success: true, answer: "['a1', 'heard']" });
  expect([called, judged]).toEqual([1, 2]);
});

test('a session that is lost is opened again from its store', async () => {
  const fake = await provider(
    byQuery(
      {
        one: [repl('kept = ["one"]'), submit('"first"')],
        deadly: [repl('kept.append(llm_query("a"))\nimport os, signal\nos.kill(os.getppid(), signal.SIGKILL)')],
        look: [submit('str(kept)')],
      },
      { prompt: 'heard' },
    ),
  );
  const store = memoryStore();
  const session = await open(fake, store);
  await session.run('text', 'one');
  expect(await session.run(undefined, 'deadly')).toMatchObject({ success: false, stopReason: 'environment_error' });
  await expect(session.run(undefined, 'look')).rejects.toMatchObject({
    code: 'session_lost',
    message: expect.stringContaining('Open it again with openSession'),
  });
  const again = await open(fake, store);
  expect(again.unfinished).toMatchObject({ query: 'deadly' });
  // The block that ended the REPL would end it again: it is not run.
  expect((await again.run(undefined, 'look')).answer).toBe("['one']");
  await again.close();
  expect((await (await open(fake, store)).run(undefined, 'look')).answer).toBe("['one']");
});
