import type { RunErrorCode, StopReason as WireStopReason, WorkerEvent } from '@rlm-bridge/protocol';
import { expectTypeOf, test } from 'vitest';
import type { RLMFailureCode } from '../../src/api/codes.ts';
import {
  RLMAbortError,
  type RLMCallCompletedEvent,
  type RLMCheck,
  type RLMCheckDetails,
  RLMError,
  type RLMErrorCode,
  type RLMEvent,
  type RLMPartialResult,
  type RLMResult,
  type RLMRun,
  type RLMRunErrorCode,
  runRLM,
  type StopReason,
} from '../../src/index.ts';

/** The wire's event as the public sees it. The last event may carry codes of the host's own. */
type Public<E> = E extends { id: string }
  ? E extends { type: 'run.failed' }
    ? Omit<E, 'id' | 'code'> & { runId: string; code: RLMFailureCode }
    : Omit<E, 'id'> & { runId: string }
  : never;
type Flat<T> = T extends object ? { [K in keyof T]: T[K] } : T;
type OnTheWire = Flat<Public<WorkerEvent>>;

test('public events are the wire’s events', () => {
  expectTypeOf<OnTheWire['type']>().toEqualTypeOf<RLMEvent['type']>();
  expectTypeOf<OnTheWire>().toExtend<RLMEvent>();
  type WithoutError<E> = E extends { type: 'call.completed' } ? Omit<E, 'error'> : E;
  expectTypeOf<WithoutError<RLMEvent>>().toExtend<WithoutError<OnTheWire>>();
});

test('public codes are the wire’s codes and the host’s own', () => {
  expectTypeOf<StopReason>().toEqualTypeOf<WireStopReason>();
  expectTypeOf<RLMRunErrorCode>().toEqualTypeOf<
    RunErrorCode | 'lease_lost' | 'worker_exit' | 'worker_protocol_error'
  >();
});

test('a handler of one event needs no Extract', () => {
  expectTypeOf<RLMCallCompletedEvent>().toEqualTypeOf<Extract<RLMEvent, { type: 'call.completed' }>>();
});

test('the handle', () => {
  const start = () => runRLM('text', 'q', { rootModel: 'sonnet', maxIterations: 3 });
  expectTypeOf(start).returns.toEqualTypeOf<RLMRun<string>>();
  expectTypeOf<RLMRun>().toExtend<Promise<RLMResult>>();
  expectTypeOf<RLMRun>().toExtend<AsyncIterable<RLMEvent>>();
});

test('a result is told by success', () => {
  const check = (result: RLMResult) => {
    expectTypeOf(result.costUsd).toEqualTypeOf<number | null>();
    if (result.success) {
      expectTypeOf(result.answer).toEqualTypeOf<string>();
      expectTypeOf(result.stopReason).toEqualTypeOf<'answered'>();
    } else {
      expectTypeOf(result.answer).toEqualTypeOf<null>();
      expectTypeOf(result.error.code).toEqualTypeOf<RLMRunErrorCode>();
      expectTypeOf(result.partialAnswer).toEqualTypeOf<string | null>();
    }
  };
  expectTypeOf(check).returns.toBeVoid();
});

test('an event is told by type', () => {
  const check = (event: RLMEvent) => {
    if (event.type === 'call.completed') expectTypeOf(event.totals.costUsd).toEqualTypeOf<number | null>();
    if (event.type === 'run.completed') expectTypeOf(event.answer).toEqualTypeOf<string>();
  };
  expectTypeOf(check).returns.toBeVoid();
});

test('a check is told by name', () => {
  const check = (one: RLMCheck) => {
    if (one.name === 'uv') expectTypeOf(one.details).toEqualTypeOf<{ path: string; version: string } | null>();
    if (one.name === 'keys') expectTypeOf(one.details).toEqualTypeOf<RLMCheckDetails['keys'] | null>();
  };
  expectTypeOf(check).returns.toBeVoid();
});

test('errors', () => {
  expectTypeOf<RLMError['code']>().toEqualTypeOf<RLMErrorCode>();
  expectTypeOf<RLMAbortError['result']>().toEqualTypeOf<RLMPartialResult>();
  const check = (error: unknown) => {
    if (RLMAbortError.isInstance(error)) expectTypeOf(error).toEqualTypeOf<RLMAbortError>();
    else if (RLMError.isInstance(error)) expectTypeOf(error).toEqualTypeOf<RLMError>();
  };
  expectTypeOf(check).returns.toBeVoid();
});

test('what is wrong does not compile', () => {
  // @ts-expect-error no such option
  expectTypeOf(runRLM).toBeCallableWith('text', 'q', { maxIteration: 3 });
  // @ts-expect-error a Map is no context
  expectTypeOf(runRLM).toBeCallableWith(new Map(), 'q');
  // @ts-expect-error no such backend
  expectTypeOf(runRLM).toBeCallableWith('text', 'q', { backend: 'acme' });
});
