import type { WorkerEvent } from '@rlm-bridge/protocol';
import { expect, test } from 'vitest';
import { RLMAbortError, RLMError } from '../../src/api/errors.ts';
import { ResultFold } from '../../src/run/result-fold.ts';
import { endOfTerminal, toLastEvent } from '../../src/worker/run-end.ts';

const at = { id: 'run', at: 1 };
const root = { ...at, node: '0', depth: 0 };
const child = { ...at, node: '0/1', depth: 1 };
const tokens = { inputTokens: 1, outputTokens: 2, cachedInputTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 };
const call = { ...tokens, backend: 'openai', model: 'm', requestedModel: null, latencyMs: 5, retries: 0 } as const;
const totals = { calls: 1, subCalls: 1, ...tokens, costUsd: 0.5 };
const ok = { outcome: 'succeeded', finishReason: 'stop', error: null, totals, costUsd: 0.5 } as const;
const block = { iteration: 1, codeBlock: 0 };

const events: WorkerEvent[] = [
  { type: 'run.started', ...at, rootModel: 'm', subModel: 'm', environment: 'local', logFile: '/logs/x.jsonl' },
  { type: 'strategy.chosen', ...at, strategy: 'recurse', reason: 'asked for', contextTokens: null },
  { type: 'iteration.started', ...root, iteration: 1 },
  { type: 'call.completed', ...root, ...call, ...ok, call: '1', role: 'root' },
  { type: 'codeBlock.started', ...root, ...block, code: 'llm_query("x")' },
  { type: 'iteration.started', ...child, iteration: 1 },
  { type: 'call.completed', ...child, ...call, ...ok, call: '2', role: 'child' },
  {
    type: 'iteration.completed',
    ...child,
    iteration: 1,
    response: 'child',
    codeBlocks: 0,
    answer: 'of the child',
    durationMs: 1,
  },
  {
    type: 'codeBlock.completed',
    ...root,
    ...block,
    status: 'ok',
    stdout: 'out',
    stderr: '',
    subCalls: 1,
    durationMs: 7,
  },
  {
    type: 'iteration.completed',
    ...root,
    iteration: 1,
    response: 'root',
    codeBlocks: 1,
    answer: 'so far',
    durationMs: 9,
  },
  { type: 'iteration.started', ...root, iteration: 2 },
  { type: 'codeBlock.started', ...root, iteration: 2, codeBlock: 0, code: 'while True: pass' },
];

function folded(): ResultFold {
  const fold = new ResultFold('run');
  for (const event of events) fold.apply(event);
  return fold;
}

const failed = { type: 'run.failed', ...at, message: 'why', partialAnswer: null, durationMs: 10 } as const;

test('an answer', () => {
  const result = folded().settle(endOfTerminal({ type: 'run.completed', ...at, answer: '42', durationMs: 10 }));
  expect(result).toMatchObject({ success: true, answer: '42', error: null, stopReason: 'answered' });
  expect(result).toMatchObject({
    runId: 'run',
    iterations: 1,
    subCalls: 1,
    costUsd: 1,
    durationMs: 10,
    logFile: '/logs/x.jsonl',
    strategy: { chosen: 'recurse', reason: 'asked for', contextTokens: null },
  });
  expect(result).not.toHaveProperty('partialAnswer');
});

test('no strategy where the run ended before one was chosen', () => {
  const end = endOfTerminal({ ...failed, code: 'environment_died', stopReason: 'environment_error' });
  expect(new ResultFold('run').settle(end).strategy).toBeNull();
});

test('the trajectory is the root: its iterations, their code, and the calls made while it ran', () => {
  const { trajectory } = folded().settle(endOfTerminal({ ...failed, code: 'budget_exceeded', stopReason: 'budget' }));
  expect(trajectory).toMatchObject([
    {
      iteration: 1,
      response: 'root',
      answer: 'so far',
      codeBlocks: [
        {
          code: 'llm_query("x")',
          status: 'ok',
          stdout: 'out',
          subCalls: [{ call: '2', role: 'child', depth: 1, costUsd: 0.5 }],
        },
      ],
    },
    {
      iteration: 2,
      response: null,
      answer: null,
      codeBlocks: [{ code: 'while True: pass', status: 'unfinished', durationMs: null }],
    },
  ]);
});

test('a failure keeps the reported partial answer, else the last one held', () => {
  const budget = { ...failed, code: 'budget_exceeded', stopReason: 'budget' } as const;
  expect(folded().settle(endOfTerminal(budget))).toMatchObject({
    success: false,
    answer: null,
    stopReason: 'budget',
    error: { code: 'budget_exceeded', message: 'why', workerStderr: null },
    partialAnswer: 'so far',
  });
  expect(folded().settle(endOfTerminal({ ...budget, partialAnswer: 'last attempt' }))).toMatchObject({
    partialAnswer: 'last attempt',
  });
});

test('a failure without a stop reason never ran: it throws', () => {
  const end = endOfTerminal({ ...failed, code: 'image_missing', stopReason: null });
  expect(() => folded().settle(end)).toThrow(RLMError);
  expect(() => folded().settle(end)).toThrow(expect.objectContaining({ code: 'image_missing', message: 'why' }));
});

test('a cancel that nobody here asked for is the end of the worker', () => {
  expect(folded().settle(endOfTerminal({ ...failed, code: 'cancelled', stopReason: null }))).toMatchObject({
    stopReason: 'worker_exit',
  });
});

test('an abort throws with what there was', () => {
  const end = { kind: 'aborted', reason: 'why not', partialAnswer: null, durationMs: 3 } as const;
  expect(() => folded().settle(end)).toThrow(RLMAbortError);
  const result = { success: false, partialAnswer: 'so far', iterations: 1, costUsd: 1 };
  expect(() => folded().settle(end)).toThrow(
    expect.objectContaining({ cause: 'why not', result: expect.objectContaining(result) }),
  );
});

test('each end has one last event', () => {
  const base = { runId: 'run', at: expect.any(Number) };
  expect(toLastEvent('run', { kind: 'answered', answer: 'a', value: 'a', durationMs: 1 })).toEqual({
    ...base,
    type: 'run.completed',
    answer: 'a',
    durationMs: 1,
  });
  const error = new RLMError('uv_not_found', 'm');
  expect(toLastEvent('run', { kind: 'never_ran', error, durationMs: 1 })).toMatchObject({
    type: 'run.failed',
    code: 'uv_not_found',
    stopReason: null,
  });
  const aborted = { kind: 'aborted', reason: 1, partialAnswer: 'p', durationMs: 1 } as const;
  expect(toLastEvent('run', aborted)).toMatchObject({ type: 'run.failed', code: 'aborted', partialAnswer: 'p' });
});

test('from where the root goes another way, the old one is no part of the trajectory; what it cost stays', () => {
  const fold = new ResultFold('run');
  const at = { id: 'run', at: 0, node: '0', depth: 0 } as const;
  const block = (iteration: number, codeBlock: number, code: string) => {
    fold.apply({ ...at, type: 'codeBlock.started', iteration, codeBlock, code });
    const ended = { status: 'ok', stdout: code, stderr: '', subCalls: 0, durationMs: 1 } as const;
    fold.apply({ ...at, type: 'codeBlock.completed', iteration, codeBlock, ...ended });
  };
  const iteration = (number: number, answer: string | null, ...codes: string[]) => {
    fold.apply({ ...at, type: 'iteration.started', iteration: number });
    for (const [codeBlock, code] of codes.entries()) block(number, codeBlock, code);
    const ended = { response: `${number}`, codeBlocks: codes.length, answer, durationMs: 1 };
    fold.apply({ ...at, type: 'iteration.completed', iteration: number, ...ended });
  };
  iteration(1, 'first', 'a', 'b');
  iteration(2, 'second', 'c', 'd');
  iteration(3, 'third', 'e');
  const place = { iteration: 2, codeBlock: 1 };
  fold.apply({ ...at, type: 'replay.diverged', ...place, what: 'prompt', recorded: null, now: null });
  const base = {
    kind: 'failed',
    code: 'budget_exceeded',
    stopReason: 'budget',
    message: '',
    workerStderr: null,
  } as const;
  const settle = () => fold.settle({ ...base, partialAnswer: null, durationMs: 0 });
  expect(settle()).toMatchObject({ iterations: 1, partialAnswer: 'first' });
  expect(settle().trajectory.map(({ codeBlocks }) => codeBlocks.map(({ code }) => code))).toEqual([['a', 'b'], ['c']]);
  block(2, 1, 'new');
  iteration(3, null, 'newer');
  expect(settle().trajectory.map(({ codeBlocks }) => codeBlocks.map(({ code }) => code))).toEqual([
    ['a', 'b'],
    ['c', 'new'],
    ['newer'],
  ]);
});
