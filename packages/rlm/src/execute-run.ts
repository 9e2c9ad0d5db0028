import type { WorkerEvent } from '@rlm-bridge/protocol';
import { AnswerCheck } from './answer-check.ts';
import { RLMError } from './errors.ts';
import type { EventLog } from './event-log.ts';
import { type RLMEvent, toPublicEvent } from './events.ts';
import { hostServices } from './host-services.ts';
import type { RLMContext, RLMOptions } from './options.ts';
import { pythonSource } from './python-source.ts';
import { ResultFold, type RLMResult } from './result.ts';
import { type RunEnd, toLastEvent } from './run-end.ts';
import { resolveRun } from './run-request.ts';
import { validateOptions } from './validate-options.ts';
import type { Workplace } from './workplace.ts';

export interface Execution {
  id: string;
  /** Only a turn of a session may bring none. */
  context: RLMContext | undefined;
  query: string;
  options: RLMOptions | undefined;
  workplace: Workplace;
  log: EventLog;
  aborting: AbortController;
}

/** The whole life of a run: every path ends with exactly one last event and a settled promise. */
export async function executeRun(execution: Execution): Promise<RLMResult<unknown>> {
  const { id, options, log, aborting } = execution;
  const fold = new ResultFold(id);
  const onEvent = typeof options?.onEvent === 'function' ? options.onEvent : undefined;
  const emit = (event: RLMEvent) => {
    log.push(event);
    notify(onEvent, event);
  };
  const onWorkerEvent = (event: WorkerEvent) => {
    fold.apply(event);
    emit(toPublicEvent(event));
  };
  const stopForwarding = forwardAbort(options?.signal, aborting);
  try {
    const end = await reachEnd(execution, fold, onWorkerEvent);
    emit(toLastEvent(id, end));
    return fold.settle(end);
  } finally {
    stopForwarding();
    log.close();
  }
}

async function reachEnd(
  execution: Execution,
  fold: ResultFold,
  onEvent: (event: WorkerEvent) => void,
): Promise<RunEnd> {
  const { signal } = execution.aborting;
  try {
    // Options that are wrong are wrong at once, but the caller gets the handle first.
    await Promise.resolve();
    return await prepareAndRun(execution, fold, onEvent);
  } catch (error) {
    if (signal.aborted) return { kind: 'aborted', reason: signal.reason, partialAnswer: null, durationMs: 0 };
    if (RLMError.isInstance(error)) return { kind: 'never_ran', error, durationMs: 0 };
    throw error;
  }
}

async function prepareAndRun(
  { id, context, query, options: given, workplace, aborting: { signal } }: Execution,
  fold: ResultFold,
  onEvent: (event: WorkerEvent) => void,
): Promise<RunEnd> {
  workplace.enter();
  const options = validateOptions(query, given);
  signal.throwIfAborted();
  const { spec, secrets } = resolveRun(id, query, options, process.env);
  const warn = (message: string) => onEvent({ type: 'log', id, at: Date.now(), level: 'warning', message });
  const answers = new AnswerCheck(id, options, warn);
  const services = hostServices(id, options, answers);
  const prepared = await workplace.prepare(context, signal);
  for (const remark of prepared?.remarks ?? []) warn(remark);
  const source = pythonSource(options, process.env);
  return await workplace.withWorker(source, signal, async (worker) => {
    fold.priceTable = (await worker.handshake()).priceTable;
    // Only now, so that a file of ours never outlives both the processes that know of it.
    const placed = await prepared?.place(worker.folder, AbortSignal.any([signal, worker.gone]));
    try {
      const { session } = workplace;
      const request = { spec: { ...spec, session, context: placed?.source ?? null }, secrets, onEvent, services };
      return answers.conclude(await worker.run(request, signal));
    } finally {
      if (placed !== undefined) await workplace.leave(placed);
    }
  });
}

/** The run's own controller follows the caller's signal; the result takes the listener off again. */
function forwardAbort(signal: AbortSignal | undefined, aborting: AbortController): () => void {
  const forward = () => aborting.abort(signal?.reason);
  if (signal?.aborted === true) forward();
  signal?.addEventListener?.('abort', forward, { once: true });
  return () => signal?.removeEventListener?.('abort', forward);
}

/** A callback that throws is its author's to see, and not the run's matter. */
function notify(onEvent: ((event: RLMEvent) => void) | undefined, event: RLMEvent): void {
  try {
    onEvent?.(event);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.emitWarning(`onEvent threw on "${event.type}": ${reason}`, { code: 'RLM_ON_EVENT' });
  }
}
