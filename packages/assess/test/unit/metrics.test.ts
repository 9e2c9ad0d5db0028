import type { RLMEvent } from 'rlm-bridge';
import { expect, test } from 'vitest';
import { BillFold } from '../../src/judge/bill.ts';
import { MetricsFold } from '../../src/judge/metrics.ts';

const tokens = { inputTokens: 5, outputTokens: 2, cachedInputTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 };
const call = (name: string) => ({ call: name, role: 'llm_query', depth: 0, model: 'm' });
const started = (name: string) => ({ type: 'call.started', ...call(name) });
const completed = (name: string, costUsd: number | null) => ({
  type: 'call.completed',
  ...call(name),
  ...tokens,
  costUsd,
  finishReason: 'stop',
});

function foldOf(...events: object[]): BillFold {
  const fold = new BillFold('a:w:1.1');
  for (const event of events) fold.note(event as RLMEvent);
  return fold;
}

test('the bill of a run by its journal: what is known is paid, and a call that was in flight leaves it unknown', () => {
  const done = foldOf(started('1'), completed('1', 0.1), { type: 'iteration.completed', depth: 0, iteration: 1 });
  expect(done.bill).toMatchObject({ iterations: 1, subCalls: 1, costUsd: 0.1, usage: { calls: 1, ...tokens } });
  expect(done.bill.usage.byModel).toEqual({ m: expect.objectContaining({ calls: 1, costUsd: 0.1 }) });
  const killed = foldOf(started('1'), completed('1', 0.1), started('2'));
  expect([killed.bill.costUsd, killed.bill.usage.calls, killed.knownUsd]).toEqual([null, 2, 0.1]);
});

test('where code of models ran is told once for each environment, of earlier lives too', () => {
  const metrics = new MetricsFold();
  const done = { type: 'iteration.completed', depth: 0, iteration: 1 };
  metrics.add({ ...foldOf().bill, runId: 'a', environment: 'local' });
  expect(metrics.metrics(1).environments).toEqual([]);
  metrics.addEarlier(foldOf({ type: 'environment.started', environment: 'landlock' }, done).bill);
  metrics.add({ ...foldOf(done).bill, runId: 'b', environment: 'docker' });
  metrics.add({ ...foldOf(done).bill, runId: 'c', environment: 'docker' });
  expect(metrics.metrics(1).environments).toEqual(['docker', 'landlock']);
});

test('a run that goes on is billed once, and one that is ended before that loses nothing that was paid', () => {
  const metrics = new MetricsFold();
  metrics.addEarlier(foldOf(started('1'), completed('1', 0.1)).bill);
  metrics.add(foldOf().bill);
  expect(metrics.metrics(1)).toMatchObject({ costUsd: 0.1, earlier: { runs: 1, calls: 1, costUsd: 0.1 } });
  metrics.add(foldOf(started('1'), completed('1', 0.1), started('2'), completed('2', 0.2)).bill);
  expect(metrics.metrics(1)).toMatchObject({ costUsd: 0.3, subCalls: 2, earlier: { costUsd: 0.1 } });
});
