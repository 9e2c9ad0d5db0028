import { given } from '@rlm-bridge/options';
import type { RLMEvent } from './api/events.ts';
import type { JSONValue } from './api/json.ts';
import { isObject } from './api/json.ts';
import type { RLMContext, RLMOptions } from './api/options.ts';
import type { RLMResult } from './api/result.ts';
import type { JSONSchema } from './api/rlm-schema.ts';
import { RUN_ID } from './options/rules.ts';
import { carryOut } from './run/carry-out.ts';
import { EventLog } from './run/event-log.ts';
import { type Execution, executeRun } from './run/execute-run.ts';
import { anyWorker } from './run/worker-binding.ts';

/**
 * A run under way: a promise of its result, and its events. Each iterator gets all events from the first on and ends with
 * the run, without throwing: the last event says how the run ended. Leaving an iterator early does not end the run.
 */
export interface RLMRun<T = string> extends Promise<RLMResult<T>>, AsyncIterable<RLMEvent> {
  /** Also in every event, in the log and, as label `rlm-bridge.run`, on the containers it started. */
  readonly id: string;
  /** Ends the run within a second: the promise rejects with an {@link RLMAbortError}. No effect once the run has ended. */
  abort(reason?: unknown): void;
}

/**
 * Answers `query` over `context` with a Recursive Language Model: a root model that reads the context by writing code in
 * a REPL, where it can call a sub model.
 *
 * A run that ran resolves, with `success: false` and its reason when it has no answer.
 * @param context The long input; see {@link RLMContext}.
 * @param query What to find out; not empty. It is put to the root model as it is.
 * @typeParam T What an answer is: the output of `options.schema`, `JSONValue` or what you say for a plain JSON Schema, else text.
 * @typeParam I The input schemas of `options.tools`, from which the arguments of each `execute` have their types.
 * @throws {RLMError} (as a rejection) for what is wrong before the run runs: options, keys, files, uv, Python, Docker.
 * @throws {RLMAbortError} (as a rejection) when the run was aborted.
 * @example
 * ```ts
 * const result = await runRLM({ file: 'book.txt' }, 'Who raised the alarm?', { rootModel: 'sonnet', maxBudgetUsd: 0.5 });
 * console.log(result.success ? result.answer : result.error.message);
 * ```
 */
export function runRLM<T = JSONValue, I = unknown>(
  context: RLMContext,
  query: string,
  options: RLMOptions<T, I> & { schema: JSONSchema },
): RLMRun<T>;
export function runRLM<T = string, I = unknown>(
  context: RLMContext,
  query: string,
  options?: RLMOptions<T, I>,
): RLMRun<T>;
export function runRLM(context: RLMContext, query: string, options?: RLMOptions): RLMRun<unknown> {
  return startRun({
    runId: runIdOf(options),
    readOptions: () => copyOf(options),
    carryOut: (stage) => carryOut(stage, context, query),
    binding: anyWorker,
  });
}

/** Read once: what a run goes by stays as it was checked. */
export function copyOf<O extends object>(options: O | undefined): O | undefined {
  return isObject(options) ? (given(options) as O) : options;
}

/** The id that is asked for, where it is one: what is wrong with it is said with all else that is wrong. */
export function runIdOf(options: unknown): string | undefined {
  try {
    const runId = isObject(options) ? options.runId : undefined;
    return typeof runId === 'string' && RUN_ID.test(runId) ? runId : undefined;
  } catch {
    return undefined;
  }
}

/** The handle of a run, wherever it is done. Without an id it gets one of its own. */
export function startRun({
  runId,
  ...asked
}: Omit<Execution, 'id' | 'isNew' | 'log' | 'aborting'> & { runId?: string | undefined }): RLMRun<unknown> {
  const id = runId ?? crypto.randomUUID();
  const isNew = runId === undefined;
  const log = new EventLog();
  const aborting = new AbortController();
  const result = asked.binding.onSettled(executeRun({ ...asked, id, isNew, log, aborting }));
  return Object.assign(result, {
    id,
    abort: (reason?: unknown) => aborting.abort(reason),
    [Symbol.asyncIterator]: () => {
      // Whoever iterates learns of a failure by the last event.
      result.catch(() => {});
      return log.iterate();
    },
  });
}
