import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conversation, repl, submit } from '@rlm-bridge/fake-provider';
import { expect, onTestFinished, test } from 'vitest';
import { type RLMEvent, runRLM } from '../../src/index.ts';
import { expectExactBill } from './support/bill.ts';
import { workers } from './support/processes.ts';
import { optionsFor, provider } from './support/run.ts';

test('ten runs at once end right, each with its own log', async () => {
  const logDir = await mkdtemp(join(tmpdir(), 'rlm-ten-'));
  onTestFinished(() => rm(logDir, { recursive: true }));
  const runs = Array.from({ length: 10 }, async (_, n) => {
    const fake = await provider(
      conversation({
        turns: [
          repl('print(context)\nsaid = llm_query_batched([context + str(n) for n in range(4)])\nprint(said)'),
          submit('" ".join(said)'),
        ],
        prompt: ({ text }) => text,
      }),
    );
    const run = runRLM(`run${n}-`, 'What is it?', { ...optionsFor(fake), logDir });
    const events: RLMEvent[] = [];
    for await (const event of run) events.push(event);
    return { fake, outcome: { result: await run, events } };
  });
  const finished = await Promise.all(runs);
  for (const [n, { outcome, fake }] of finished.entries()) {
    expect(outcome.result.answer).toBe(`run${n}-0 run${n}-1 run${n}-2 run${n}-3`);
    expect(new Set(outcome.events.map(({ runId }) => runId))).toEqual(new Set([outcome.result.runId]));
    expectExactBill(outcome, fake);
    const log = await readFile(outcome.result.logFile ?? '', 'utf8');
    expect(log).toContain(`run${n}-0`);
    expect(log).not.toContain(`run${(n + 1) % 10}-`);
  }
  expect(new Set(finished.map(({ outcome }) => outcome.result.logFile)).size).toBe(10);
  expect((await readdir(logDir)).length).toBe(10);
});

test('of runs that are alone in their workers the eleventh waits until one of ten is done', async () => {
  const gates = Array.from({ length: 11 }, () => Promise.withResolvers<string>());
  const fake = await provider((request) => gates[request.number - 1]?.promise ?? 'unexpected');
  const done = repl('answer["content"] = "done"\nanswer["ready"] = True');
  const runs = gates.map(() => runRLM('x', 'What is it?', { ...optionsFor(fake), isolation: 'process' }));
  await fake.until(({ openRequests }) => openRequests === 10);
  expect(workers()).toHaveLength(10);
  expect(fake.served).toHaveLength(10);
  gates[4]?.resolve(done);
  await fake.until(({ served }) => served.length === 11);
  expect(fake.openRequests).toBe(10);
  expect(workers()).toHaveLength(10);
  for (const gate of gates) gate.resolve(done);
  for (const result of await Promise.all(runs)) expect(result).toMatchObject({ success: true, answer: 'done' });
});
