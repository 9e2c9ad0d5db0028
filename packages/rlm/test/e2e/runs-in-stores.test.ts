import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conversation, repl, submit } from '@rlm-bridge/fake-provider';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  forkRLM,
  memoryStore,
  type RLMContext,
  RLMError,
  type RLMEvent,
  type RLMOptions,
  type RunLease,
  type RunStore,
  resumeRLM,
  runRLM,
} from '../../src/index.ts';
import { toLine } from '../../src/journal/lines.ts';
import { isReply, killedAfter, linesOf, replayed, withoutTimes } from './support/journals.ts';
import { optionsFor, provider } from './support/run.ts';

const RUN = 'invoice-4711';
const QUERY = 'What is it?';
const PLAIN = conversation({ turns: [repl('print(llm_query("first"))'), submit('"done"')], prompt: () => 'heard' });

/** A run that has its result, and what to give again. */
async function kept(options: RLMOptions = {}, context: RLMContext = 'a short context', script = PLAIN) {
  const fake = await provider(script);
  const store = memoryStore();
  const all = optionsFor(fake, { ...options, store, runId: RUN });
  const result = await runRLM(context, QUERY, all);
  const { python, quiet, apiKey } = all;
  return { fake, store, options: all, result, again: { python, quiet, apiKey } };
}

const code = (expected: string, message: RegExp) => ({ code: expected, message: expect.stringMatching(message) });

test.each<[string, Partial<RLMOptions>, string, RegExp]>([
  ['another query', {}, 'Who is it?', /its query was 'What is it\?' and is now 'Who is it\?'/],
  [
    'another root model',
    { rootModel: 'gpt-4o' },
    QUERY,
    /its rootModel was 'openai: gpt-4.1' and is now 'openai: gpt-4o'/,
  ],
  ['another strategy', { strategy: 'auto' }, QUERY, /its strategy was 'recurse'/],
  ['another schema', { schema: z.object({ n: z.number() }) as never }, QUERY, /its schema is not the same/],
  ['other tools', { tools: { t: { description: 'd', execute: () => 1 } } }, QUERY, /its tools are not the same/],
])('a run of the same id that is another one is refused, and told by what: %s', async (_, other, query, said) => {
  const { fake, options } = await kept();
  fake.forget();
  await expect(runRLM('a short context', query, { ...options, ...other })).rejects.toMatchObject(
    code('run_mismatch', said),
  );
  expect(fake.served).toEqual([]);
});

test('another context is another run; a file that changed is told by its path, and may be forked', async () => {
  const { options } = await kept();
  await expect(runRLM('another context', QUERY, options)).rejects.toMatchObject(code('run_mismatch', /its context/));
  const file = join(await mkdtemp(join(tmpdir(), 'rlm-test-')), 'book.txt');
  await writeFile(file, 'one');
  const ofFile = await kept({}, { file });
  await writeFile(file, 'two');
  const lines = await linesOf(ofFile.store, RUN);
  const store = await killedAfter(lines.length - 1, ofFile.store, RUN);
  await expect(resumeRLM(RUN, { ...ofFile.again, store })).rejects.toMatchObject(
    code('context_changed', new RegExp(`^${file} has changed`)),
  );
  await expect(runRLM({ file }, QUERY, { ...ofFile.options, store })).rejects.toMatchObject({
    code: 'context_changed',
  });
  expect(await forkRLM(RUN, { ...ofFile.again, store, from: { iteration: 1 } })).toMatchObject({ success: true });
});

test('a new baseUrl is that of every call that had the old one; sub-calls with an address of their own keep it', async () => {
  const fork = async (options: RLMOptions = {}) => {
    const { fake, store, again } = await kept(options);
    fake.forget();
    const other = await provider(PLAIN);
    const result = await forkRLM(RUN, { ...again, store, from: { iteration: 1 }, baseUrl: other.openaiUrl });
    expect(result).toMatchObject({ success: true });
    return {
      before: fake.served.map(({ request }) => request.kind),
      now: other.served.map(({ request }) => request.kind),
    };
  };
  expect(await fork()).toEqual({ before: [], now: ['turn', 'prompt', 'turn'] });
  const own = await provider(PLAIN);
  expect(await fork({ subBaseUrl: own.openaiUrl })).toEqual({ before: [], now: ['turn', 'turn'] });
  expect(own.served.map(({ request }) => request.kind)).toEqual(['prompt', 'prompt']);
});

test('limits, prices, keys and logs may be others', async () => {
  const { options, result } = await kept();
  const others = {
    maxIterations: 7,
    maxBudgetUsd: 3,
    apiKey: 'another',
    logDir: await mkdtemp(join(tmpdir(), 'rlm-test-')),
  };
  expect(await runRLM('a short context', QUERY, { ...options, ...others })).toEqual(result);
});

test('a run that a limit ended has that result, and goes on with a higher one', async () => {
  const { fake, store, result, again } = await kept({ maxIterations: 1 });
  expect(result).toMatchObject({ success: false, stopReason: 'max_iterations' });
  expect(await resumeRLM(RUN, { ...again, store })).toEqual(result);
  fake.forget();
  const more = await resumeRLM(RUN, { ...again, store, maxIterations: 5 });
  expect(more).toMatchObject({ success: true, answer: 'done', lives: 2, iterations: 2 });
});

test('a run that a call ended which was dearer than its bound has the same end when it is resumed, and goes on with more', async () => {
  const script = conversation({
    turns: [repl('one = llm_query("first")\nprint(one)'), submit('one')],
    prompt: () => ({ text: 'heard', outputTokens: 2_000_000 }),
  });
  const { fake, store, result, again } = await kept({ maxBudgetUsd: 0.5 }, 'a short context', script);
  expect(result).toMatchObject({ success: false, stopReason: 'budget' });
  expect(result.error?.message).toMatch(/^A call cost more than its worst case/);
  const lines = await linesOf(store, RUN);
  const killed = await killedAfter(lines.findLastIndex(isReply) + 1, store, RUN);
  fake.forget();
  const resumed = await resumeRLM(RUN, { ...again, store: killed });
  expect(withoutTimes(resumed)).toEqual(withoutTimes(result));
  expect(fake.served).toEqual([]);
  expect(await resumeRLM(RUN, { ...again, store, maxBudgetUsd: 9 })).toMatchObject({ success: true, answer: 'heard' });
});

test('a key in what a tool, a verdict or a model says is in no journal, and the REPL has the same in every life', async () => {
  const key = 'planted-key-1';
  const tools = { say: { description: 's', execute: () => ({ said: [`Bearer ${key}`], [key]: 1 }) } };
  const script = conversation({
    turns: [repl('print(say(), llm_query("say it"))'), submit('"no"'), submit('"yes"')],
    prompt: () => `it is ${key}`,
  });
  const validate = (answer: string) => (answer === 'yes' ? true : `not with ${key}`);
  const { fake, store, result, options } = await kept({ apiKey: key, tools, validate }, 'a short context', script);
  expect(result).toMatchObject({ success: true, iterations: 3 });
  const [said] = result.trajectory.flatMap(({ codeBlocks }) => codeBlocks.map(({ stdout }) => stdout));
  expect(said).toBe("{'said': ['Bearer [redacted]'], '[redacted]': 1} it is [redacted]\n");
  const lines = await linesOf(store, RUN);
  expect(lines.join('\n')).not.toContain(key);
  fake.forget();
  const killed = await killedAfter(lines.findLastIndex(isReply) + 1, store, RUN);
  expect(await runRLM('a short context', QUERY, { ...options, store: killed })).toMatchObject({
    success: true,
    answer: 'yes',
  });
  expect(fake.served).toEqual([]);
  expect((await replayed(killed, RUN)).filter(({ type }) => type === 'replay.diverged')).toEqual([]);
});

test('what a store cannot keep must be given again, all of it named', async () => {
  const tools = { price: { description: 'p', execute: () => 1 } };
  const { store, again } = await kept({ tools, validate: () => true });
  const lines = await linesOf(store, RUN);
  const killed = await killedAfter(lines.length - 1, store, RUN);
  await expect(resumeRLM(RUN, { ...again, store: killed })).rejects.toMatchObject(
    code('invalid_options', /tools \(price\), validate\. Functions cannot be kept/),
  );
  await expect(resumeRLM(RUN, { ...again, store: killed, query: 'x' } as never)).rejects.toMatchObject(
    code('invalid_options', /query is no option of resumeRLM/),
  );
  await expect(resumeRLM('nobody', { ...again, store })).rejects.toMatchObject({ code: 'run_not_found' });
});

test('other versions of the official library or of the prompts are refused, and may be forked', async () => {
  const { store, again } = await kept();
  const [header = '', ...rest] = await linesOf(store, RUN);
  const { sum: _, ...record } = JSON.parse(header);
  const older = memoryStore();
  await using lease = await older.lease(RUN);
  const line = toLine({ ...record, versions: { ...record.versions, rlms: '0.0.9' } }, RUN);
  await lease.append([line, ...rest.slice(0, -1)]);
  await lease.release();
  const before = await linesOf(older, RUN);
  const withBlobs: RunStore = { ...bound(older), readBlob: (id, sha256) => store.readBlob(id, sha256) };
  await expect(resumeRLM(RUN, { ...again, store: withBlobs })).rejects.toMatchObject(
    code('version_mismatch', /version 0\.0\.9 of rlms, and this is version .* forkRLM/),
  );
  expect(await linesOf(older, RUN)).toEqual(before);
  const from = { iteration: 1 };
  expect(await forkRLM(RUN, { ...again, store: withBlobs, from })).toMatchObject({ success: true });
});

function bound(store: RunStore): RunStore {
  return {
    lease: (runId) => store.lease(runId),
    read: (runId, options) => store.read(runId, options),
    list: () => store.list(),
    readBlob: (runId, sha256) => store.readBlob(runId, sha256),
    remove: (runId) => store.remove(runId),
  };
}

/** A store that can write so many lines, and no more: how many of them come at once is a matter of time. */
function failingAfter(most: number): RunStore {
  const store = memoryStore();
  const lease = async (runId: string): Promise<RunLease> => {
    const held = await store.lease(runId);
    let left = most;
    return new Proxy(held, {
      get: (target, name) => {
        const value = Reflect.get(target, name, target);
        if (name !== 'append') return typeof value === 'function' ? value.bind(target) : value;
        return async (lines: string[]) => {
          left -= lines.length;
          if (left < 0) throw new RLMError('store_failed', 'The disk is full.');
          await target.append(lines);
        };
      },
    });
  };
  return { ...bound(store), lease };
}

describe.each([2, 6, 12, 19])('a store that fails after %i lines', (most) => {
  test('fails the run, which keeps what it learned and spent', async () => {
    const fake = await provider(PLAIN);
    const result = await runRLM('a short context', QUERY, optionsFor(fake, { store: failingAfter(most) }));
    expect(result).toMatchObject({ success: false, stopReason: 'store', journal: 'incomplete' });
    expect(result.success ? null : result.error).toMatchObject({ code: 'store_failed', message: 'The disk is full.' });
    expect(result.usage.calls).toBe(fake.served.length);
  });

  test('does not with onStoreFailure continue: a warning and the result say it', async () => {
    const fake = await provider(PLAIN);
    const events: RLMEvent[] = [];
    const options = {
      store: failingAfter(most),
      onStoreFailure: 'continue',
      onEvent: (e: RLMEvent) => events.push(e),
    } as const;
    const result = await runRLM('a short context', QUERY, optionsFor(fake, options));
    expect(result).toMatchObject({ success: true, answer: 'done', journal: 'incomplete' });
    const warnings = events.filter((event) => event.type === 'log' && event.message.includes('The disk is full.'));
    expect(warnings).toHaveLength(1);
  });
});

const CLOCK = conversation({
  turns: [repl('import time\nprint(llm_query(f"now {time.time_ns()}"))'), submit('"done"')],
  prompt: () => 'heard',
});

test('a code block that reads the clock asks otherwise when it runs again: told, and live from there', async () => {
  const { fake, store, again } = await kept({}, 'a short context', CLOCK);
  const lines = await linesOf(store, RUN);
  const end = lines.findIndex((line) => line.includes('"iteration.completed"')) + 1;
  fake.forget();
  const killed = await killedAfter(end, store, RUN);
  const result = await resumeRLM(RUN, { ...again, store: killed });
  expect(result).toMatchObject({ success: true, answer: 'done', lives: 2 });
  const diverged = (await replayed(killed, RUN)).filter(({ type }) => type === 'replay.diverged');
  expect(diverged).toMatchObject([{ node: '0', iteration: 1, codeBlock: 0, what: 'prompt' }]);
  expect(result.trajectory.map(({ codeBlocks }) => codeBlocks.length)).toEqual([1, 1]);
  expect(fake.served).toHaveLength(2);
});

test('with onDivergence fail the run fails there', async () => {
  const { store, again } = await kept({}, 'a short context', CLOCK);
  const lines = await linesOf(store, RUN);
  const end = lines.findIndex((line) => line.includes('"iteration.completed"')) + 1;
  const result = await resumeRLM(RUN, { ...again, store: await killedAfter(end, store, RUN), onDivergence: 'fail' });
  expect(result).toMatchObject({ success: false, stopReason: 'diverged', error: { code: 'replay_diverged' } });
});

test('no key, header or credential of a URL is in a journal', async () => {
  const fake = await provider(PLAIN);
  const store = memoryStore();
  const secrets = ['planted-key-1', 'planted-password-2', 'planted-query-3', 'planted-header-4', 'planted-sampling-5'];
  const url = new URL(fake.openaiUrl);
  url.username = 'me';
  url.password = 'planted-password-2';
  const options = optionsFor(fake, {
    store,
    runId: RUN,
    apiKey: 'planted-key-1',
    baseUrl: `${url.href}?token=planted-query-3`,
    backendOptions: { default_headers: { 'X-Secret': 'planted-header-4' } },
    samplingArgs: { extra_headers: { 'X-Other': 'planted-sampling-5' } },
  });
  await runRLM('a short context', QUERY, options);
  const text = (await linesOf(store, RUN)).join('\n');
  expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
});

test('two processes that resume one run: one wins, the other is told', async () => {
  const { store, again } = await kept();
  const lines = await linesOf(store, RUN);
  const killed = await killedAfter(lines.length - 1, store, RUN);
  const ends = await Promise.allSettled([1, 2].map(() => resumeRLM(RUN, { ...again, store: killed })));
  expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect(ends.find((end) => end.status === 'rejected')?.reason).toMatchObject({ code: 'run_in_progress' });
});

test('a fork may have another model, and a function in place of one: what is recorded is the answer of any', async () => {
  const { fake, store, again } = await kept();
  fake.forget();
  const from = { iteration: 2 };
  const named = await forkRLM(RUN, { ...again, store, from, rootModel: 'gpt-4o' });
  expect(named).toMatchObject({ success: true, answer: 'done', iterations: 2 });
  expect(Object.keys(named.usage.byModel)).toEqual(['gpt-4o']);
  const asked: string[] = [];
  const rootModel = Object.assign(
    async () => {
      asked.push('once');
      return { text: '```repl\nanswer["content"] = "mine"\nanswer["ready"] = True\n```' };
    },
    { modelName: 'my-model' },
  );
  const own = await forkRLM(RUN, { ...again, store, from, rootModel });
  expect(own).toMatchObject({ success: true, answer: 'mine', iterations: 2 });
  expect(asked).toEqual(['once']);
  expect(fake.served.map(({ request }) => request.model)).toEqual(['gpt-4o']);
});

test('a typed answer is typed again, from the store, and validate is not asked again', async () => {
  const fake = await provider(conversation({ turns: [submit('\'{"n": 7}\'')] }));
  const store = memoryStore();
  let validated = 0;
  const schema = z.object({ n: z.number().transform((n) => new Date(n)) });
  const typed = { schema, validate: () => ++validated > 0 };
  const options = { ...optionsFor(fake), store, runId: RUN, ...typed };
  const result = await runRLM('a short context', QUERY, options);
  expect(result).toMatchObject({ success: true, answer: { n: new Date(7) } });
  expect((await runRLM('a short context', QUERY, options)).answer).toEqual({ n: new Date(7) });
  expect((await resumeRLM(RUN, { store, schema })).answer).toEqual({ n: new Date(7) });
  expect((await resumeRLM(RUN, { store })).answer).toEqual({ n: 7 });
  expect(validated).toBe(1);
  const other = z.object({ n: z.number().max(3) });
  await expect(resumeRLM(RUN, { store, schema: other })).rejects.toMatchObject(
    code('run_mismatch', /does not fit schema/),
  );
});

test('a lease that is lost ends the run', async () => {
  const fake = await provider(PLAIN);
  const store = memoryStore();
  const losing = new AbortController();
  const lease = async (runId: string) => {
    const held = await store.lease(runId);
    return new Proxy(held, {
      get: (target, name) => {
        if (name === 'lost') return losing.signal;
        const value = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  };
  const onEvent = ({ type }: RLMEvent) => {
    if (type === 'iteration.completed') losing.abort(new RLMError('lease_lost', 'Another process has the run.'));
  };
  const result = await runRLM(
    'a short context',
    QUERY,
    optionsFor(fake, { store: { ...bound(store), lease }, onEvent }),
  );
  expect(result).toMatchObject({ success: false, stopReason: 'store', error: { code: 'lease_lost' }, iterations: 1 });
});

test('an abort is written, and the run goes on', async () => {
  const fake = await provider(PLAIN);
  const store = memoryStore();
  const options = optionsFor(fake, { store, runId: RUN });
  const run = runRLM('a short context', QUERY, options);
  for await (const { type } of run) if (type === 'iteration.completed') run.abort('enough');
  await expect(run).rejects.toMatchObject({ code: 'aborted' });
  expect((await replayed(store, RUN)).at(-1)).toMatchObject({ type: 'run.failed', code: 'aborted' });
  expect(await runRLM('a short context', QUERY, options)).toMatchObject({ success: true, answer: 'done', lives: 2 });
});
