import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { HANG, type ModelRequest, type Reply, repl, submit } from '@rlm-bridge/fake-provider';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import {
  configureWorkers,
  defineTool,
  type RLMEvent,
  type RLMOptions,
  type RLMResult,
  runRLM,
} from '../../src/index.ts';
import { expectExactBill } from './support/bill.ts';
import { workers } from './support/processes.ts';
import { optionsFor, provider, SUB_MODEL, surroundings } from './support/run.ts';

// Runs that are in one worker at the same time: what of one could reach another, one test each.

const NAMES = ['ada', 'bob', 'cleo', 'dan'] as const;
type Name = (typeof NAMES)[number];

beforeAll(() => configureWorkers({ max: 1 }));
afterAll(() => configureWorkers({ max: 10 }));

const nameIn = (words: string) => NAMES.find((name) => words.includes(`I am ${name}.`)) as Name;
const whose = ({ messages }: ModelRequest) => nameIn(messages.map(({ content }) => content).join('\n'));

/** Holds each reply of a turn back until all of the runs have asked for theirs. */
function inStep() {
  const arrived = new Map<number, Set<Name>>();
  const gates = new Map<number, PromiseWithResolvers<void>>();
  return async (turn: number, name: Name) => {
    const gate = gateOf(gates, turn);
    const here = arrived.get(turn) ?? new Set();
    arrived.set(turn, here.add(name));
    if (here.size === NAMES.length) gate.resolve();
    await gate.promise;
  };
}

function gateOf(gates: Map<number, PromiseWithResolvers<void>>, turn: number): PromiseWithResolvers<void> {
  const gate = gates.get(turn) ?? Promise.withResolvers<void>();
  gates.set(turn, gate);
  return gate;
}

interface Outcome {
  result: RLMResult<string>;
  events: RLMEvent[];
}

/** A run of each name at once, in one worker. */
async function together(options: (name: Name) => RLMOptions): Promise<Record<Name, Outcome>> {
  const outcomes = NAMES.map(async (name): Promise<[Name, Outcome]> => {
    const events: RLMEvent[] = [];
    const run = runRLM(`The secret of ${name}.`, `I am ${name}.`, { ...options(name), onEvent: (e) => events.push(e) });
    return [name, { result: await run, events }];
  });
  const all = Object.fromEntries(await Promise.all(outcomes)) as Record<Name, Outcome>;
  expect(workers()).toHaveLength(1);
  return all;
}

/** A provider whose root says these; all runs begin in step. */
async function scripted(turns: (name: Name) => string[], prompt: (request: ModelRequest) => Reply = () => 'ok') {
  const step = inStep();
  return await provider(async (request) => {
    if (request.kind === 'prompt') return prompt(request);
    if (request.isChild) return submit('context[:40]');
    const name = whose(request);
    if (request.turn === 1) await step(request.turn, name);
    return turns(name)[request.turn - 1] ?? 'too many turns';
  });
}

const others = (name: Name) => NAMES.filter((other) => other !== name);

test('a key goes to its own provider alone, and is taken out of the events of its own run', async () => {
  const sent = new Map<Name, Set<string>>();
  const keyOf = (name: Name) => `sk-of-${name}-0123456789abcdef`;
  const step = inStep();
  const server = createServer(async (request, response) => {
    const { messages } = JSON.parse(await text(request)) as { messages: { content: string }[] };
    const name = nameIn(JSON.stringify(messages));
    await step(1, name);
    sent.set(name, (sent.get(name) ?? new Set()).add(request.headers.authorization ?? ''));
    // It says every key: that of its own run is one, those of others are but texts to it.
    const content = submit(`"${NAMES.map(keyOf).join(' ')}"`);
    const message = { role: 'assistant', content };
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ choices: [{ index: 0, message, finish_reason: 'stop' }], usage }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const outcomes = await together((name) => surroundings({ backend: 'openai', baseUrl, apiKey: keyOf(name) }));
  for (const name of NAMES) {
    expect(sent.get(name)).toEqual(new Set([`Bearer ${keyOf(name)}`]));
    const told = JSON.stringify(outcomes[name].events);
    expect(told).not.toContain(keyOf(name));
    for (const other of others(name)) expect(outcomes[name].result.answer).toContain(keyOf(other));
  }
});

test('a context is in the REPL, the children and the coverage of its own run', async () => {
  const turns = () => [repl('said = rlm_query(context + " " * 30)'), submit('context + "|" + said.strip()')];
  const fake = await scripted(turns);
  const outcomes = await together(() => optionsFor(fake, { maxDepth: 2 }));
  for (const name of NAMES) {
    const secret = `The secret of ${name}.`;
    expect(outcomes[name].result.answer).toBe(`${secret}|${secret}`);
    for (const other of others(name)) expect(JSON.stringify(outcomes[name].events)).not.toContain(`secret of ${other}`);
  }
});

test('a tool is called for its own run', async () => {
  const fake = await scripted(() => [submit('mine()')]);
  const mine = (name: Name) =>
    defineTool({ description: 'Whose?', input: z.object({}), execute: () => `the tool of ${name}` });
  const outcomes = await together((name) => optionsFor(fake, { tools: { mine: mine(name) } }));
  for (const name of NAMES) expect(outcomes[name].result.answer).toBe(`the tool of ${name}`);
});

test('a log has its own run, and every bill its own calls at its own prices', async () => {
  const logDir = await mkdtemp(join(tmpdir(), 'rlm-isolation-'));
  onTestFinished(() => rm(logDir, { recursive: true }));
  const turns = (name: Name) => [
    repl(`said = llm_query_batched(["I am ${name}."] * ${NAMES.indexOf(name) + 1})`),
    submit('said[0]'),
  ];
  const fake = await scripted(turns, (request) => ({ text: whose(request), inputTokens: 1_000_000, outputTokens: 1 }));
  const priceOf = (name: Name) => ({ inputUsdPerMTok: 10 ** NAMES.indexOf(name), outputUsdPerMTok: 0 });
  const outcomes = await together((name) => optionsFor(fake, { logDir, prices: { [SUB_MODEL]: priceOf(name) } }));
  for (const name of NAMES) {
    const { answer, logFile, usage, subCalls } = outcomes[name].result;
    expect([answer, subCalls]).toEqual([name, NAMES.indexOf(name) + 1]);
    expect(usage.byModel[SUB_MODEL]?.costUsd).toBe((NAMES.indexOf(name) + 1) * 10 ** NAMES.indexOf(name));
    const log = await readFile(logFile ?? '', 'utf8');
    expect(log).toContain(`I am ${name}.`);
    for (const other of others(name)) expect(log).not.toContain(`I am ${other}.`);
  }
});

test('an abort, a budget and a time limit end their own run', async () => {
  const fake = await provider(async (request) => {
    const name = whose(request);
    if (name === 'ada') return { text: submit('"fine"'), delayMs: 1_500 };
    return name === 'bob' ? { text: repl('x = 1'), inputTokens: 100_000_000 } : HANG;
  });
  const abort = new AbortController();
  const more: Record<Name, RLMOptions> = {
    ada: {},
    bob: { maxBudgetUsd: 5 },
    cleo: { maxDurationMs: 1_000 },
    dan: { signal: abort.signal },
  };
  const start = (name: Name) => runRLM('text', `I am ${name}.`, optionsFor(fake, more[name]));
  const [ada, bob, cleo, dan] = NAMES.map(start);
  const isAsked = (name: Name) => fake.served.some(({ request }) => whose(request) === name);
  void fake.until(() => isAsked('dan')).then(() => abort.abort('enough'));
  await expect(dan).rejects.toMatchObject({ code: 'aborted', cause: 'enough' });
  expect(await bob).toMatchObject({ success: false, stopReason: 'budget' });
  expect(await cleo).toMatchObject({ success: false, stopReason: 'duration' });
  expect(await ada).toMatchObject({ success: true, answer: 'fine' });
});

test('an abort of one among twenty others ends it alone: they go on in the same worker', async () => {
  const gate = Promise.withResolvers<void>();
  const fake = await provider(async (request) => {
    if (request.turn === 1) return repl('answer["content"] = "half"');
    if (!request.messages[1]?.content.includes('abort me')) await gate.promise;
    return request.messages[1]?.content.includes('abort me') ? HANG : submit('"whole"');
  });
  const others = Array.from({ length: 20 }, () => runRLM('text', 'wait', optionsFor(fake)));
  const run = runRLM('text', 'abort me', optionsFor(fake));
  const isInSecondTurn = ({ outcome, request }: (typeof fake.served)[number]) =>
    outcome === 'open' && request.turn === 2;
  await fake.until(({ served }) => served.filter(isInSecondTurn).length === 21);
  run.abort('enough');
  await expect(run).rejects.toMatchObject({ code: 'aborted', result: { partialAnswer: 'half' } });
  expect(fake.served.filter(({ outcome }) => outcome === 'open')).toHaveLength(20);
  gate.resolve();
  for (const result of await Promise.all(others)) expect(result).toMatchObject({ success: true, answer: 'whole' });
  expect(workers()).toHaveLength(1);
});

test('the REPL of one is no process of another: it dies alone', async () => {
  const turns = (name: Name) =>
    name === 'bob'
      ? [repl('import os, signal\nos.kill(os.getppid(), signal.SIGKILL)'), submit('"after all"')]
      : [repl('x = 1'), submit('str(x)')];
  const fake = await scripted(turns);
  const outcomes = await together(() => optionsFor(fake));
  for (const name of others('bob')) {
    expect(outcomes[name].result.answer).toBe('1');
  }
  expect(outcomes.bob.result.success).toBe(false);
});

test('each bill is that of its own provider', async () => {
  const fakes = new Map(await Promise.all(NAMES.map(async (name) => [name, await scriptedAlone(name)] as const)));
  const outcomes = await together((name) => optionsFor(fakes.get(name) as NonNullable<ReturnType<typeof fakes.get>>));
  for (const name of NAMES) expectExactBill(outcomes[name], fakes.get(name) as never);
});

async function scriptedAlone(name: Name) {
  const turns = [repl(`llm_query_batched(["x" * n for n in range(1, ${NAMES.indexOf(name) + 2})])`), submit('"done"')];
  return await provider(({ kind, turn }) => (kind === 'prompt' ? 'ok' : (turns[turn - 1] ?? 'too many')));
}
