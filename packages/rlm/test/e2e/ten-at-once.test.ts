import { repl } from '@rlm-bridge/fake-provider';
import { expect, test } from 'vitest';
import { runRLM } from '../../src/index.ts';
import { workers } from './support/processes.ts';
import { optionsFor, provider } from './support/run.ts';

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
