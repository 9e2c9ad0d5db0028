import { conversation, HANG, repl, submit } from '@rlm-bridge/fake-provider';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  memoryStore,
  openSession,
  type RLMContext,
  RLMError,
  type RLMSession,
  type RLMSessionOptions,
  type RLMTurnOptions,
  type RunLease,
  type RunStore,
} from '../../src/index.ts';
import { toLine } from '../../src/journal/lines.ts';
import { killedAfter, linesOf, replayed } from './support/journals.ts';
import { optionsFor, provider } from './support/run.ts';
import { byQuery } from './support/session.ts';

const ID = 'support-42';
const SCRIPT = byQuery(
  {
    one: [repl('kept = llm_query("a")'), submit('"first"')],
    two: [repl('kept += llm_query("b")'), submit('"second"')],
    look: [submit('str([kept, sorted(n for n in globals() if n.startswith("context"))])')],
  },
  { prompt: ({ text }) => `heard ${text} ` },
);

async function open(options: RLMSessionOptions): Promise<RLMSession> {
  const session = await openSession(options);
  onTestFinished(() => session.close());
  return session;
}

/** A store in which every append fails after so many. */
function failingAfter(appends: number, code: 'store_failed' | 'lease_lost' = 'store_failed'): RunStore {
  const store = memoryStore();
  let left = appends;
  const append = (lease: RunLease) => async (lines: readonly string[]) => {
    left -= 1;
    if (left < 0) throw new RLMError(code, 'The disk is full.');
    await lease.append(lines);
  };
  return {
    lease: async (runId) => {
      const lease = await store.lease(runId);
      return {
        runId,
        repaired: lease.repaired,
        lost: lease.lost,
        append: append(lease),
        putBlob: (content) => lease.putBlob(content),
        release: () => lease.release(),
        [Symbol.asyncDispose]: () => lease.release(),
      };
    },
    read: (runId, options) => store.read(runId, options),
    list: () => store.list(),
    readBlob: (runId, sha256) => store.readBlob(runId, sha256),
    remove: (runId) => store.remove(runId),
  };
}

describe('a store that fails', () => {
  test('at the opening is told there', async () => {
    const fake = await provider(SCRIPT);
    const options = { ...optionsFor(fake), store: failingAfter(0), sessionId: ID };
    await expect(openSession(options)).rejects.toMatchObject({ code: 'store_failed', message: 'The disk is full.' });
  });

  test.each(['store_failed', 'lease_lost'] as const)(
    'in a turn (%s) fails that turn, which keeps what it spent, and every later one before it asks anything',
    async (code) => {
      const fake = await provider(SCRIPT);
      const session = await open({ ...optionsFor(fake), store: failingAfter(6, code), sessionId: ID });
      const one = await session.run('text', 'one');
      expect(one).toMatchObject({ success: false, stopReason: 'store', journal: 'incomplete', error: { code } });
      expect(one.usage.calls).toBe(fake.served.length);
      fake.forget();
      await expect(session.run(undefined, 'two')).rejects.toMatchObject({ code });
      expect(fake.served).toEqual([]);
    },
  );

  test('with onStoreFailure continue leaves the session going on, and each turn says that it is not kept', async () => {
    const fake = await provider(SCRIPT);
    const store = failingAfter(6);
    const session = await open({ ...optionsFor(fake), store, sessionId: ID, onStoreFailure: 'continue' });
    expect(await session.run('text', 'one')).toMatchObject({ answer: 'first', journal: 'incomplete' });
    expect(await session.run(undefined, 'two')).toMatchObject({ answer: 'second', journal: 'incomplete' });
    expect((await session.run(undefined, 'look')).answer).toContain('heard a heard b ');
  });
});

/** Cut off in its second turn, when its sub-call was answered. */
async function cutOff() {
  const fake = await provider(SCRIPT);
  const store = memoryStore();
  const options = { ...optionsFor(fake), sessionId: ID };
  const session = await open({ ...options, store });
  await session.run('text', 'one');
  await session.run('another text', 'two');
  await session.close();
  const lines = await linesOf(store, ID);
  const heard = lines.findLastIndex((line) => line.includes('heard b') && line.includes('call.reply'));
  const cut = await killedAfter(heard + 1, store, ID);
  fake.forget();
  return { fake, cut, session: await open({ ...options, store: cut }) };
}

describe('a turn that was cut off', () => {
  test.each<[string, RLMContext | undefined]>([
    ['with its context', 'another text'],
    ['without one', undefined],
  ])('goes on when it is asked again %s', async (_, context) => {
    const { fake, session } = await cutOff();
    expect(await session.run(context, 'two')).toMatchObject({ answer: 'second', lives: 2 });
    expect(fake.served).toHaveLength(1);
    expect((await session.run(undefined, 'look')).answer).toBe(
      "['heard a heard b ', ['context', 'context_0', 'context_1']]",
    );
  });

  test.each<[string, RLMContext | undefined, RLMTurnOptions]>([
    ['another context', 'a third text', {}],
    ['other rules for answers', undefined, { validate: () => null }],
  ])('is left as it was when its query is asked with %s: that is a new turn', async (_, context, options) => {
    const { fake, session } = await cutOff();
    expect(await session.run(context, 'two', options)).toMatchObject({ answer: 'second', lives: 1, replayedCalls: 0 });
    expect(fake.served).toHaveLength(3);
    const added = context === undefined ? '' : ", 'context_2'";
    expect((await session.run(undefined, 'look')).answer).toBe(
      `['heard a heard b heard b ', ['context', 'context_0', 'context_1'${added}]]`,
    );
    expect([session.totals.turns, session.unfinished]).toEqual([4, null]);
  });

  test('may have other limits when it goes on', async () => {
    const { session } = await cutOff();
    const two = await session.run(undefined, 'two', { maxIterations: 1 });
    expect(two).toMatchObject({ success: false, stopReason: 'max_iterations', lives: 2 });
  });

  test('stays what it is when its opening is aborted, or its options are wrong', async () => {
    const { cut, session } = await cutOff();
    await expect(session.run(undefined, 'two', { maxIterations: 0 })).rejects.toMatchObject({
      code: 'invalid_options',
    });
    await expect(session.run(undefined, 'two', { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'aborted',
    });
    expect(session.unfinished).toMatchObject({ query: 'two' });
    const before = (await replayed(cut, ID)).length;
    await session.close();
    expect(await replayed(cut, ID)).toHaveLength(before);
  });
});

test('a turn that was aborted, and what others did after it, is as it was', async () => {
  const fake = await provider(
    byQuery(
      {
        aborted: [repl('kept = [llm_query("a")]\nkept.append(llm_query("hang"))\nkept.append("never")')],
        stuck: [repl('kept.append("begun")\nprint("begun", flush=True)\nwhile True: pass')],
        after: [repl('kept.append(llm_query("b"))'), submit('str(kept)')],
        look: [submit('str(kept)')],
      },
      { prompt: ({ text }) => (text === 'hang' ? HANG : `heard ${text}`) },
    ),
  );
  const store = memoryStore();
  const options = { ...optionsFor(fake), store, sessionId: ID };
  const session = await open(options);
  const aborted = session.run('text', 'aborted');
  await fake.until(({ served }) => served.some(({ request }) => request.text === 'hang'));
  aborted.abort();
  await expect(aborted).rejects.toMatchObject({ code: 'aborted' });
  const stuck = session.run(undefined, 'stuck');
  for await (const event of stuck) if (event.type === 'codeBlock.output') stuck.abort();
  await expect(stuck).rejects.toMatchObject({ code: 'aborted' });
  const after = await session.run(undefined, 'after');
  await session.close();
  fake.forget();
  const again = await open(options);
  expect(again.totals).toMatchObject({ turns: 3, costUsd: null });
  expect(fake.served).toEqual([]);
  // The block that had asked for nothing is not run again: it had no end.
  expect(after.answer).toBe("['heard a', 'begun', 'heard b']");
  expect((await again.run(undefined, 'look')).answer).toBe("['heard a', 'heard b']");
});

test('no model, tool or judge is asked at an opening, though all of them would answer otherwise now', async () => {
  const fake = await provider(SCRIPT);
  const store = memoryStore();
  const options = { ...optionsFor(fake), store, sessionId: ID };
  const session = await open(options);
  await session.run('text', 'one');
  await session.close();
  const other = await provider(conversation({ turns: [submit('kept')] }));
  const again = await open({ ...optionsFor(other), store, sessionId: ID, baseUrl: other.openaiUrl });
  expect(other.served).toEqual([]);
  expect((await again.run(undefined, 'now')).answer).toBe('heard a ');
});

test('no key, header or credential of a URL is in the journal of a session', async () => {
  const fake = await provider(SCRIPT);
  const store = memoryStore();
  const url = new URL(fake.openaiUrl);
  url.username = 'me';
  url.password = 'planted-password';
  const session = await open({
    ...optionsFor(fake),
    store,
    sessionId: ID,
    apiKey: 'planted-key',
    baseUrl: `${url.href}?token=planted-query`,
    backendOptions: { default_headers: { 'X-Secret': 'planted-header' } },
    samplingArgs: { extra_headers: { 'X-Other': 'planted-sampling' } },
  });
  await session.run('text', 'one');
  await session.close();
  const lines = await linesOf(store, ID);
  expect(lines.filter((line) => line.includes('"call.reply"')).length).toBeGreaterThan(0);
  expect(lines.join('\n')).not.toContain('planted');
});

test('a session of other versions is not opened: told by which, before any code runs, and it stays as it is', async () => {
  const fake = await provider(SCRIPT);
  const source = memoryStore();
  const session = await open({ ...optionsFor(fake), store: source, sessionId: ID });
  await session.run('text', 'one');
  await session.close();
  const [header = '', ...rest] = await linesOf(source, ID);
  const { sum: _, ...record } = JSON.parse(header);
  const older = memoryStore();
  await using lease = await older.lease(ID);
  await lease.append([toLine({ ...record, versions: { ...record.versions, rlms: '0.0.9' } }, ID), ...rest]);
  await lease.release();
  const before = await linesOf(older, ID);
  fake.forget();
  await expect(openSession({ ...optionsFor(fake), store: older, sessionId: ID })).rejects.toMatchObject({
    code: 'version_mismatch',
    message: expect.stringMatching(/version 0\.0\.9 of rlms, and this is version /),
  });
  expect(fake.served).toEqual([]);
  expect(await linesOf(older, ID)).toEqual(before);
});
