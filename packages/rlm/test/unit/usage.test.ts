import type { WorkerEvent } from '@rlm-bridge/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UsageFold } from '../../src/run/usage-fold.ts';

type Completed = Extract<WorkerEvent, { type: 'call.completed' }>;

const tokens = { inputTokens: 0, outputTokens: 0, cachedInputTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 };

function completed(fields: Partial<Completed>): Completed {
  const base = {
    id: 'r',
    at: 0,
    node: '0',
    depth: 0,
    call: crypto.randomUUID(),
    role: 'root',
    backend: 'openai',
  } as const;
  const totals = { calls: 1, subCalls: 0, ...tokens, costUsd: 0 };
  const rest = {
    requestedModel: null,
    latencyMs: 0,
    retries: 0,
    outcome: 'succeeded',
    finishReason: 'stop',
    error: null,
    totals,
  } as const;
  return { type: 'call.completed', ...base, model: 'm', ...tokens, costUsd: 0, ...rest, ...fields };
}

function fold(calls: Completed[]): UsageFold {
  const usage = new UsageFold();
  for (const call of calls) {
    const { id, at, node, depth, role, backend, model, requestedModel } = call;
    const start = { id, at, node, depth, role, backend, model, requestedModel, promptChars: 1 };
    usage.start({ type: 'call.started', ...start, call: call.call });
    usage.complete(call);
  }
  return usage;
}

const count = fc.nat({ max: 1_000_000 });
const picoUsd = fc.bigInt({ min: 0n, max: 900_000_000_000_000n });
const anyCall = fc
  .record({
    inputTokens: count,
    outputTokens: count,
    cachedInputTokens: count,
    model: fc.constantFrom('a', 'b', '__proto__'),
    picoUsd,
  })
  .map(({ picoUsd: pico, ...fields }) => ({ pico, call: completed({ ...fields, costUsd: Number(pico) / 1e12 }) }));

test('money is summed exactly, in any order', () => {
  fc.assert(
    fc.property(fc.array(anyCall, { maxLength: 50 }), (calls) => {
      const sum = calls.reduce((total, { pico }) => total + pico, 0n);
      const forwards = fold(calls.map(({ call }) => call));
      const backwards = fold(calls.map(({ call }) => call).reverse());
      expect(forwards.costUsd).toBe(Number(sum) / 1e12);
      expect(backwards.costUsd).toBe(forwards.costUsd);
    }),
  );
});

test('the totals are the sums over the models', () => {
  fc.assert(
    fc.property(fc.array(anyCall, { minLength: 1, maxLength: 50 }), (calls) => {
      const usage = fold(calls.map(({ call }) => call)).usage('t 1');
      for (const field of ['calls', 'inputTokens', 'outputTokens', 'cachedInputTokens'] as const) {
        const sum = Object.values(usage.byModel).reduce((total, model) => total + model[field], 0);
        expect(usage[field]).toBe(sum);
      }
      expect(new Set(Object.keys(usage.byModel))).toEqual(new Set(calls.map(({ call }) => call.model)));
    }),
  );
});

test('0.1 + 0.2 is 0.3', () => {
  expect(fold([completed({ costUsd: 0.1 }), completed({ costUsd: 0.2 })]).costUsd).toBe(0.3);
});

test('one unknown price makes the cost unknown, of its model and in total, and tokens stay', () => {
  const known = completed({ model: 'known', costUsd: 1, inputTokens: 1 });
  const unknown = completed({ model: 'unknown', costUsd: null, inputTokens: 2 });
  const usage = fold([known, unknown, known]);
  expect(usage.costUsd).toBeNull();
  expect(usage.usage('')).toMatchObject({
    inputTokens: 4,
    byModel: { known: { costUsd: 2 }, unknown: { costUsd: null, inputTokens: 2 } },
  });
});

test('nothing spent is 0, not unknown', () => {
  expect(fold([]).costUsd).toBe(0);
  const finishReasons = { stop: 0, length: 0, refused: 0, empty: 0, broken: 0, unsupported: 0 };
  const counts = { calls: 0, ...tokens, abandonedCalls: 0, finishReasons };
  expect(fold([]).usage('t 1')).toEqual({ ...counts, byModel: {}, priceTable: 't 1' });
});

test('the usage counts how many replies ended in each way, and none for a call without a reply', () => {
  const ways = ['stop', 'stop', 'length', 'refused', 'refused', 'refused', 'empty', 'broken', 'unsupported'] as const;
  const calls = [...ways, null].map((finishReason) => completed({ finishReason }));
  const finishReasons = { stop: 2, length: 1, refused: 3, empty: 1, broken: 1, unsupported: 1 };
  expect(fold(calls).usage('')).toMatchObject({ calls: 10, finishReasons });
});

test('a call cut in flight makes the cost unknown, of its model as in total', () => {
  const cut = completed({ model: 'cut', costUsd: null, outcome: 'abandoned', finishReason: null });
  const usage = fold([completed({ costUsd: 0.5 }), cut]);
  expect(usage.costUsd).toBeNull();
  const byModel = { m: { costUsd: 0.5 }, cut: { costUsd: null } };
  expect(usage.usage('')).toMatchObject({ calls: 2, abandonedCalls: 1, byModel });
});

test('a call whose end never came counts, as abandoned', () => {
  const usage = fold([completed({ costUsd: 0.5 })]);
  const { type: _, ...call } = { ...completed({}), promptChars: 1 };
  usage.start({ ...call, type: 'call.started', role: 'llm_query', model: 'n' });
  expect(usage.subCalls).toBe(1);
  expect(usage.costUsd).toBeNull();
  expect(usage.usage('')).toMatchObject({ calls: 2, abandonedCalls: 1, byModel: { n: { calls: 1, costUsd: null } } });
});

test.each([
  ['root', 0, 0],
  ['compaction', 0, 0],
  ['default_answer', 0, 0],
  ['llm_query', 0, 1],
  ['leaf', 1, 1],
  ['child', 1, 1],
  ['compaction', 1, 1],
] as const)('a call of role %s at depth %i counts %i sub-calls, failed or not', (role, depth, subCalls) => {
  expect(fold([completed({ role, depth })]).subCalls).toBe(subCalls);
  expect(
    fold([completed({ role, depth, outcome: 'failed', error: { code: 'rate_limited', message: '' } })]).subCalls,
  ).toBe(subCalls);
});
