import { thrownText } from '@rlm-bridge/text';
import { RLMError } from '../api/errors.ts';
import type { RLMOptions } from '../api/options.ts';
import type { RLMResult } from '../api/result.ts';
import { FollowedSignal } from '../signals/caller-signals.ts';
import { type RunEnd, toLastEvent } from '../worker/run-end.ts';
import type { EventLog } from './event-log.ts';
import { ResultFold } from './result-fold.ts';
import { RunEvents } from './run-events.ts';
import { endOfThrown } from './thrown-end.ts';
import type { WorkerBinding } from './worker-binding.ts';

/** What a run has while it is carried out. */
export interface Stage {
  id: string;
  /** Whether nobody gave the id, so that no earlier run has it. */
  isNew: boolean;
  options: RLMOptions | undefined;
  events: RunEvents;
  binding: WorkerBinding;
  /** Aborts when the caller wants no more of the run. */
  signal: AbortSignal;
}

export interface Execution {
  id: string;
  isNew: boolean;
  /** What it throws is an error of the options. */
  readOptions: () => RLMOptions | undefined;
  /** What this run is: a new one, or one that goes on. */
  carryOut: (stage: Stage) => Promise<RunEnd>;
  binding: WorkerBinding;
  log: EventLog;
  aborting: AbortController;
}

/** The whole life of a run: every path ends with exactly one last event and a settled promise. */
export async function executeRun(execution: Execution): Promise<RLMResult<unknown>> {
  const { id, log, aborting } = execution;
  const fold = new ResultFold(id);
  const read = readSafely(execution.readOptions);
  const events = new RunEvents(id, fold, log, read.options?.onEvent);
  const following = new FollowedSignal(read.options?.signal, aborting);
  try {
    const end = await reachEnd(execution, read, events);
    events.emit(toLastEvent(id, end));
    return fold.settle(end);
  } finally {
    following.stop();
    log.close();
  }
}

/** The caller's options, or what came of reading them: a getter may throw. */
type ReadOptions = { options: RLMOptions | undefined; error?: never } | { options?: never; error: RLMError };

function readSafely(readOptions: () => RLMOptions | undefined): ReadOptions {
  try {
    return { options: readOptions() };
  } catch (error) {
    return { error: new RLMError('invalid_options', `The options cannot be read: ${thrownText(error)}`) };
  }
}

async function reachEnd(execution: Execution, read: ReadOptions, events: RunEvents): Promise<RunEnd> {
  const { id, isNew, binding, carryOut, aborting } = execution;
  const { signal } = aborting;
  try {
    // Options that are wrong are wrong at once, but the caller gets the handle first.
    await Promise.resolve();
    if (read.error !== undefined) throw read.error;
    return await carryOut({ id, isNew, options: read.options, events, binding, signal });
  } catch (thrown) {
    return endOfThrown(thrown, signal);
  }
}
