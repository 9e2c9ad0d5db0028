import type { WorkerEvent } from '@rlm-bridge/protocol';
import { expect, test } from 'vitest';
import type { RLMEvent } from '../../src/api/events.ts';
import { EventLog } from '../../src/run/event-log.ts';
import { ResultFold } from '../../src/run/result-fold.ts';
import { toPublicEvent } from '../../src/run/to-public-event.ts';
import { heldBytes } from '../held-bytes.ts';

// What Node holds of a run is bounded, however many events there are.

const EVENTS = 1_000;
const TEXT = 'x'.repeat(100_000);

const common = { id: 'run', at: 0, node: '0', depth: 0 } as const;
const toolStarted = (n: number): WorkerEvent => ({
  ...common,
  type: 'tool.started',
  call: String(n),
  tool: 'lookup',
  arguments: `${n}${TEXT.slice(String(n).length)}`,
});

/** A text that no other shares its memory with. */
const unshared = (n: number) => Buffer.alloc(100_000, 97 + (n % 26)).toString();

async function textsOf(log: EventLog): Promise<RLMEvent[]> {
  return await Array.fromAsync(log.iterate());
}

test('an event log of 100 MB of host-tool calls holds no more than its bound, and says what is left out', async () => {
  const log = new EventLog();
  const before = heldBytes();
  for (let n = 0; n < EVENTS; n++)
    log.push(toPublicEvent({ ...toolStarted(n), arguments: unshared(n) } as WorkerEvent));
  expect(heldBytes() - before).toBeLessThan(60_000_000);
  log.close();
  const [first, ...kept] = await textsOf(log);
  expect(first).toMatchObject({
    type: 'log',
    level: 'warning',
    message: expect.stringMatching(/^\d+ events were left out/),
  });
  expect(kept.length).toBeLessThan(400);
  expect(kept.at(-1)).toMatchObject({ call: String(EVENTS - 1) });
  expect(Number.parseInt((first as { message: string }).message, 10) + kept.length).toBe(EVENTS);
});

test('a hundred runs whose events nobody reads hold together no more than eight do', () => {
  const logs = Array.from({ length: 100 }, () => new EventLog());
  const before = heldBytes();
  for (let n = 0; n < 30; n++) {
    for (const log of logs) log.push(toPublicEvent({ ...toolStarted(n), arguments: unshared(n) } as WorkerEvent));
  }
  expect(heldBytes() - before).toBeLessThan(280_000_000);
  for (const log of logs) log.close();
});

test('an iterator that keeps up gets every event; one that nobody reads holds nothing', async () => {
  const log = new EventLog(2_000_000);
  log.iterate();
  const reading = log.iterate();
  for (let n = 0; n < 200; n++) {
    log.push(toPublicEvent(toolStarted(n)));
    expect((await reading.next()).value).toMatchObject({ call: String(n) });
  }
  log.close();
  expect(await reading.next()).toMatchObject({ done: true });
});

test('an iterator that falls behind is told in the place of what it missed', async () => {
  const log = new EventLog(1_000_000);
  const reading = log.iterate();
  log.push(toPublicEvent(toolStarted(0)));
  expect((await reading.next()).value).toMatchObject({ call: '0' });
  for (let n = 1; n < 50; n++) log.push(toPublicEvent(toolStarted(n)));
  log.close();
  const rest = await Array.fromAsync(reading);
  expect(rest[0]).toMatchObject({ type: 'log' });
  expect(rest.at(-1)).toMatchObject({ call: '49' });
  expect(Number.parseInt((rest[0] as { message: string }).message, 10) + rest.length).toBe(50);
});

test('one event larger than the bound is kept while it is the newest', async () => {
  const log = new EventLog(10);
  log.push(toPublicEvent(toolStarted(1)));
  log.close();
  expect(await textsOf(log)).toMatchObject([{ call: '1' }]);
});

const tokens = { inputTokens: 1, outputTokens: 1, cachedInputTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 };

test('a result of 150,000 sub-calls is bounded, counts all of them and says what is left out', () => {
  const fold = new ResultFold('run');
  const code = { ...common, type: 'codeBlock.started', iteration: 1, codeBlock: 0, code: 'x' } as const;
  fold.apply({ ...common, type: 'iteration.started', iteration: 1 });
  fold.apply(code);
  for (let n = 0; n < 150_000; n++) {
    const called = {
      call: String(n),
      role: 'llm_query',
      backend: 'offline',
      model: `m${n % 5_000}`,
      requestedModel: null,
    };
    const end = {
      costUsd: 0.000_001,
      latencyMs: 1,
      retries: 0,
      outcome: 'succeeded',
      finishReason: 'stop',
      error: null,
    };
    const totals = { calls: 1, subCalls: 1, ...tokens, costUsd: 0 };
    fold.apply({ ...common, type: 'call.completed', ...called, ...tokens, ...end, totals } as unknown as WorkerEvent);
  }
  const result = fold.settle({ kind: 'answered', answer: 'a', value: 'a', durationMs: 1 });
  expect(result).toMatchObject({ subCalls: 150_000, costUsd: 0.15, usage: { calls: 150_000 } });
  const { trajectory, trajectoryLeftOut, usage } = result;
  expect((trajectory[0]?.codeBlocks[0]?.subCalls.length ?? 0) + trajectoryLeftOut).toBe(150_000);
  expect(trajectoryLeftOut).toBeGreaterThan(50_000);
  expect(Object.keys(usage.byModel)).toHaveLength(1_001);
  expect(usage.byModel['other models']).toMatchObject({ calls: 120_000 });
});

test('texts without room in the trajectory say so; the answer that the model held is kept', () => {
  const fold = new ResultFold('run');
  for (let iteration = 1; iteration <= 1_000; iteration++) {
    const rest = { codeBlocks: 0, answer: `answer ${iteration}`, durationMs: 1 };
    fold.apply({ ...common, type: 'iteration.completed', iteration, response: TEXT, ...rest });
  }
  const failed = { kind: 'failed', code: 'max_iterations', stopReason: 'max_iterations', message: 'm' } as const;
  const result = fold.settle({ ...failed, partialAnswer: null, durationMs: 1, workerStderr: null });
  expect(result).toMatchObject({ iterations: 1_000, partialAnswer: 'answer 1000' });
  expect(result.trajectory.at(-1)?.response).toBe('[left out: 100000 characters]');
});

test('a code block with an absurd number makes no list of that length', () => {
  const fold = new ResultFold('run');
  fold.apply({ ...common, type: 'codeBlock.started', iteration: 1, codeBlock: 4_000_000_000, code: 'x' });
  const { trajectory } = fold.settle({ kind: 'answered', answer: '', value: '', durationMs: 1 });
  expect(trajectory[0]?.codeBlocks).toHaveLength(1);
});
