import { conversation, repl, submit } from '@rlm-bridge/fake-provider';
import { forkRLM, memoryStore, openSession, type RLMOptions, type RunStore, resumeRLM, runRLM } from 'rlm-bridge';
import { expect, test } from 'vitest';
import { killedAfter, linesOf } from '../../../rlm/test/e2e/support/journals.ts';
import { optionsFor, provider } from '../../../rlm/test/e2e/support/run.ts';
import { SCENARIOS } from '../../../rlm/test/e2e/support/scenarios.ts';
import type { RunView } from '../../src/model/run-view.ts';
import { OpenedRun } from '../../src/sources/opened-run.ts';
import { StoreSource } from '../../src/sources/store-source.ts';
import { keptRun, QUERY } from './support/runs.ts';

const PLAIN = conversation({
  turns: [repl('one = llm_query("first")\nprint(one)'), repl('print(llm_query_batched(["a", "b"]))'), submit('"done"')],
  prompt: ({ text }) => `heard ${text}`,
});

test.each(SCENARIOS)(
  'of a run with $name everything is shown, and what it spent is what its result says',
  async (one) => {
    const { store, runId, result } = await keptRun(one.script, one.options, one.context);
    const source = new StoreSource(store);
    const { head, nodes, iterations, codeBlocks, calls, tools } = await source.readRun(runId);
    const { usage, costUsd, subCalls, coverage } = result;
    const { calls: made, inputTokens, outputTokens, cachedInputTokens, reasoningTokens } = usage;
    const spent = { calls: made, inputTokens, outputTokens, cachedInputTokens, reasoningTokens, costUsd };
    expect(head).toMatchObject({ status: 'answered', spent, subCalls, durationMs: result.durationMs });
    expect(head.coverage).toMatchObject({ chars: coverage?.contextChars, fraction: coverage?.seenFraction });
    expect(nodes[0]?.whole).toEqual(spent);
    expect(calls).toHaveLength(made);
    expect(iterations.filter(({ node }) => node === '0')).toHaveLength(result.iterations);
    const texts = await Promise.all(
      codeBlocks.filter(({ node }) => node === '0').map(({ code }) => source.readText(runId, code)),
    );
    expect(texts).toEqual(result.trajectory.flatMap((iteration) => iteration.codeBlocks.map(({ code }) => code)));
    expect(new Set(tools.map(({ tool }) => tool))).toEqual(new Set(Object.keys(one.options?.tools ?? {})));
    const answer = head.end?.answer;
    expect(head.end).toMatchObject({ code: null, stopReason: 'answered', isFinal: true });
    if (typeof result.answer === 'string' && answer) expect(await source.readText(runId, answer)).toBe(result.answer);
    for (const call of calls) {
      expect(call.endedAt).toBeGreaterThanOrEqual(call.startedAt ?? Number.NaN);
      expect(call.codeBlock === null).toBe(['root', 'child', 'compaction', 'default_answer'].includes(call.role));
    }
  },
);

test('the tree has each RLM with what it was begun by, its calls, and those of all below it', async () => {
  const { store, runId } = await keptRun(
    conversation({
      turns: [repl('said = rlm_query_batched(["a", "bb"])\nprint(said)'), submit('" ".join(said)')],
      childTurns: [repl('print(llm_query(context + "x"))'), submit('context')],
      prompt: ({ text }) => String(text.length),
    }),
    { maxDepth: 2 },
  );
  const view = await new StoreSource(store).readRun(runId);
  // Children of one batch begin in any order.
  const nodes = view.nodes.toSorted((a, b) => a.path.localeCompare(b.path));
  const from = { iteration: 1, codeBlock: 0 };
  expect(nodes).toMatchObject([
    { path: '0', parent: null, from: null, depth: 0, model: 'gpt-4.1', own: { calls: 2 }, whole: { calls: 8 } },
    { path: '0/1', parent: '0', from, depth: 1, model: 'gpt-4o-mini', own: { calls: 3 }, whole: { calls: 3 } },
    { path: '0/2', parent: '0', from, depth: 1, model: 'gpt-4o-mini', own: { calls: 3 }, whole: { calls: 3 } },
  ]);
  expect(nodes.map(({ answer }) => answer?.head)).toEqual(['a bb', 'a', 'bb']);
});

test('a run is followed while it goes on: items that do not change stay the same objects, and it ends by itself', async () => {
  const gate = Promise.withResolvers<void>();
  const fake = await provider(
    conversation({
      turns: [repl('one = llm_query("first")\nprint(one)'), repl('print(llm_query("second"))'), submit('"done"')],
      prompt: async ({ text }) => {
        if (text === 'second') await gate.promise;
        return `heard ${text}`;
      },
    }),
  );
  const store = memoryStore();
  const run = runRLM('a short context', QUERY, optionsFor(fake, { store, runId: 'live' }));
  for await (const event of run) if (event.type === 'run.started') break;
  const views: RunView[] = [];
  await new StoreSource(store).followRun(
    'live',
    (view) => {
      views.push(view);
      if (view.calls.some(({ role, outcome }, place) => place > 2 && role === 'llm_query' && outcome === 'pending'))
        gate.resolve();
    },
    new AbortController().signal,
  );
  const result = await run;
  const [waiting, last] = [views.findLast(({ head }) => head.status === 'running'), views.at(-1)];
  expect(last?.head).toMatchObject({ status: 'answered', spent: { costUsd: result.costUsd } });
  expect(waiting?.calls[0]).toBe(last?.calls[0]);
  expect(waiting?.iterations[0]).toBe(last?.iterations[0]);
  expect(views.some(({ calls }) => calls.some(({ outcome }) => outcome === 'pending'))).toBe(true);
  expect(last?.calls.map(({ outcome }) => outcome)).toEqual(last?.calls.map(() => 'succeeded'));
});

test('a killed run is stopped, its cost is not known, and resumed it has two lives', async () => {
  const whole = await keptRun(PLAIN);
  const lines = await linesOf(whole.store, whole.runId);
  const intents = lines.flatMap((line, n) => (line.startsWith('{"record":"call.intent"') ? [n + 1] : []));
  const store = await killedAfter(intents[2] ?? 0, whole.store, whole.runId);
  const stopped = await new StoreSource(store).readRun(whole.runId);
  expect(stopped.head).toMatchObject({ status: 'stopped', end: null, spent: { calls: 3, costUsd: null } });
  expect(stopped.calls.at(-1)).toMatchObject({ outcome: 'abandoned', endedAt: null });
  const { apiKey, python, quiet } = whole.options as RLMOptions;
  const result = await resumeRLM(whole.runId, { apiKey, python, quiet, store });
  const { head, remarks } = await new StoreSource(store).readRun(whole.runId);
  expect(head).toMatchObject({ status: 'answered', spent: { calls: result.usage.calls, costUsd: null } });
  expect(head.lives).toMatchObject([{ endedAt: null }, { replayedCalls: 2 }]);
  expect(remarks.map(({ text }) => text)).toEqual([expect.stringMatching(/^Life 2: .* replies of 2 calls/)]);
});

test('a fork has what it took over, and pays nothing for it', async () => {
  const { store, runId, options } = await keptRun(PLAIN);
  const { apiKey, python, quiet } = options as RLMOptions;
  const fork = await forkRLM(runId, { apiKey, python, quiet, store, from: { iteration: 2 }, rootModel: 'gpt-4o' });
  const { head, calls } = await new StoreSource(store).readRun(fork.runId);
  expect(head).toMatchObject({
    forkedFrom: { runId, iteration: 2 },
    spent: { calls: fork.usage.calls, costUsd: fork.costUsd },
  });
  expect(calls.map(({ outcome }) => outcome).slice(0, 3)).toEqual(['replayed', 'replayed', 'succeeded']);
  expect(calls.every(({ startedAt }) => (startedAt ?? 0) >= (head.startedAt ?? Number.NaN))).toBe(true);
});

test('each turn of a session is a run of its own, by the session and its number', async () => {
  const fake = await provider(conversation({ turns: [submit('context')] }));
  const store = memoryStore();
  const { runId: _, ...options } = optionsFor(fake, { store });
  const costs: (number | null)[] = [];
  {
    await using session = await openSession({ ...options, sessionId: 'talk' });
    costs.push((await session.run('first context', 'What is first?')).costUsd);
    costs.push((await session.run('second context', 'What is second?')).costUsd);
  }
  const source = new StoreSource(store);
  const listed = await source.listRuns();
  expect(listed.map(({ id, query }) => [id, query])).toEqual([
    ['talk#2', 'What is second?'],
    ['talk#1', 'What is first?'],
  ]);
  expect(listed.map(({ costUsd }) => costUsd).toReversed()).toEqual(costs);
  const second = await source.readRun('talk#2');
  expect(second.head).toMatchObject({
    turn: { session: 'talk', turn: 2 },
    status: 'answered',
    query: { head: 'What is second?' },
  });
  expect((await source.readRun('talk')).head.id).toBe('talk#2');
  await expect(source.readRun('talk#3')).rejects.toMatchObject({ code: 'run_not_found' });
});

test('of a journal that is broken within, what stands before is shown, with what is wrong', async () => {
  const { store, runId } = await keptRun(PLAIN);
  const lines = await linesOf(store, runId);
  const broken = await killedAfter(0, store, runId);
  {
    await using lease = await broken.lease(runId);
    await lease.append(lines.with(12, lines[12]?.replace('heard', 'HEARD') ?? ''));
  }
  const source = new StoreSource(broken);
  const { calls, head, remarks } = await source.readRun(runId);
  expect({ calls: calls.length, status: head.status }).toEqual({ calls: 2, status: 'stopped' });
  expect(remarks).toMatchObject([
    { level: 'error', text: expect.stringMatching(/journal of run "kept" is broken at line 13/) },
  ]);
  expect(await source.listRuns()).toMatchObject([{ id: runId, status: null }]);
});

test('a text that is not in memory any more is read again from the journal', async () => {
  const long = 'x'.repeat(50_000);
  const { store, runId } = await keptRun(
    conversation({
      turns: [repl(`print(llm_query("${long}"))`), submit('"done"')],
      prompt: ({ text }) => text.toUpperCase(),
    }),
  );
  const [all, few] = [new OpenedRun(store, runId), new OpenedRun(store, runId, 1_000)];
  const view = await all.update(async () => false);
  expect(await few.update(async () => false)).toEqual(view);
  const refs = view.calls.flatMap(({ prompt, reply }) => [
    ...prompt.map(({ text }) => text),
    ...(reply ? [reply] : []),
  ]);
  for (const ref of refs) {
    const text = await few.readText(ref);
    expect(text).toBe(await all.readText(ref));
    expect(text).toHaveLength(ref.chars);
  }
});

/** A run with so many prompts of 70,000 characters, and how many of them are read from its store. */
async function runOfLongPrompts(count: number) {
  const script = conversation({
    turns: [
      repl('heard = llm_query_batched([context[n:n + 70_000] for n in range(0, len(context), 70_000)])'),
      submit('str(len(heard))'),
    ],
    prompt: () => 'nothing',
  });
  const words = Array.from({ length: count * 12_000 }, (_, n) => ((n * 2_654_435_761) >>> 0).toString(36)).join(' ');
  const { store, runId, result } = await keptRun(script, {}, words.slice(0, count * 70_000));
  expect(result).toMatchObject({ success: true, answer: String(count) });
  const read = { texts: 0 };
  const counting: RunStore = {
    ...{ lease: (id) => store.lease(id), list: () => store.list(), remove: (id) => store.remove(id) },
    read: (id, options) => store.read(id, options),
    readBlob: (id, sha256) => {
      read.texts += 1;
      return store.readBlob(id, sha256);
    },
  };
  return { store: counting, runId, read };
}

test('who follows no more is read nothing more for, and the next one has all of it', async () => {
  const { store, runId, read } = await runOfLongPrompts(40);
  const source = new StoreSource(store);
  const left = new AbortController();
  const views: RunView[] = [];
  await source.followRun(runId, (view) => void (views.push(view) && left.abort()), left.signal);
  expect([views.length, views[0]?.calls.length, read.texts]).toEqual([1, 42, 40]);
  await source.followRun(runId, (view) => void views.push(view), new AbortController().signal);
  const coverage = views.at(-1)?.head.coverage;
  expect(new Set(coverage?.reads.map(([, , , call]) => call)).size).toBe(40);
  expect(coverage).toMatchObject({ fraction: 1, incomplete: null });
});

test('a text that is read again is read as far as it stands, and no further', async () => {
  const { store, runId, read } = await runOfLongPrompts(20);
  const run = new OpenedRun(store, runId, 100_000);
  const { calls } = await run.update(async () => false);
  const texts = calls.flatMap(({ prompt }) => prompt.map(({ text }) => text)).filter(({ chars }) => chars === 70_000);
  expect([texts.length, read.texts]).toEqual([20, 20]);
  const [first, second] = texts;
  if (first === undefined || second === undefined) throw new Error('there are two');
  expect((await run.readText(first)).slice(0, 160)).toContain(first.head.slice(0, 100));
  expect(read.texts).toBeLessThan(30);
  const before = read.texts;
  expect(await run.readText(second)).toHaveLength(70_000);
  expect(read.texts).toBe(before);
});
