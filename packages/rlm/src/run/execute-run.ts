import { notify } from '@rlm-bridge/callbacks';
import type { WorkerEvent } from '@rlm-bridge/protocol';
import { thrownText } from '@rlm-bridge/text';
import { RLMError } from '../api/errors.ts';
import type { RLMEvent } from '../api/events.ts';
import type { RLMContext, RLMOptions } from '../api/options.ts';
import type { RLMResult } from '../api/result.ts';
import { limitOr } from '../api/system-limits.ts';
import type { StagedContext } from '../context/prepare-context.ts';
import { AnswerCheck } from '../host/answer-check.ts';
import { hostServices } from '../host/host-services.ts';
import { parseRunOptions } from '../options/parse-options.ts';
import { planRun } from '../options/run-plan.ts';
import { FollowedSignal } from '../signals/caller-signals.ts';
import { type RunEnd, toLastEvent } from '../worker/run-end.ts';
import type { EventLog } from './event-log.ts';
import { ResultFold } from './result-fold.ts';
import { toPublicEvent } from './to-public-event.ts';
import { typedEnd } from './typed-end.ts';
import type { WorkerBinding } from './worker-binding.ts';
import { workerFactory } from './worker-factory.ts';

export interface Execution {
  id: string;
  /** Only a turn of a session may bring none. */
  context: RLMContext | undefined;
  query: string;
  /** What it throws is an error of the options. */
  readOptions: () => RLMOptions | undefined;
  binding: WorkerBinding;
  log: EventLog;
  aborting: AbortController;
}

/** The whole life of a run: every path ends with exactly one last event and a settled promise. */
export async function executeRun(execution: Execution): Promise<RLMResult<unknown>> {
  const { id, log, aborting } = execution;
  const fold = new ResultFold(id);
  const read = readSafely(execution.readOptions);
  const emit = (event: RLMEvent) => {
    log.push(event);
    const onEvent = read.options?.onEvent;
    if (typeof onEvent === 'function')
      notify(
        () => onEvent(event),
        (message) => warnOfCallback(event.type, message),
      );
  };
  const onWorkerEvent = (event: WorkerEvent) => {
    fold.apply(event);
    emit(toPublicEvent(event));
  };
  const following = new FollowedSignal(read.options?.signal, aborting);
  try {
    const end = await reachEnd(execution, read, fold, onWorkerEvent);
    emit(toLastEvent(id, end));
    return fold.settle(end);
  } finally {
    following.stop();
    log.close();
  }
}

/** What a run cost and found is not lost to a file that cannot be removed. */
async function release(binding: WorkerBinding, staged: StagedContext): Promise<void> {
  await binding.releaseContext(staged).catch((error: unknown) => {
    const remark = `The context's file could not be removed: ${thrownText(error)}`;
    process.emitWarning(remark, { code: 'RLM_FOLDER_CLEANUP' });
  });
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

/** What a callback throws is its author's to see, and not the run's matter. */
function warnOfCallback(type: RLMEvent['type'], message: string): void {
  process.emitWarning(`onEvent threw on "${type}": ${message}`, { code: 'RLM_ON_EVENT' });
}

async function reachEnd(
  execution: Execution,
  read: ReadOptions,
  fold: ResultFold,
  onEvent: (event: WorkerEvent) => void,
): Promise<RunEnd> {
  const { signal } = execution.aborting;
  try {
    // Options that are wrong are wrong at once, but the caller gets the handle first.
    await Promise.resolve();
    if (read.error !== undefined) throw read.error;
    return await prepareAndRun(execution, read.options, fold, onEvent);
  } catch (thrown) {
    if (signal.aborted) return { kind: 'aborted', reason: signal.reason, partialAnswer: null, durationMs: 0 };
    const error = limitOr(thrown);
    if (RLMError.isInstance(error)) return { kind: 'never_ran', error, durationMs: 0 };
    const message = `Something went wrong in rlm-bridge itself: ${thrownText(error)} Please report it.`;
    return { kind: 'never_ran', error: new RLMError('internal_error', message, { cause: error }), durationMs: 0 };
  }
}

async function prepareAndRun(
  { id, context, query, binding, aborting: { signal } }: Execution,
  given: RLMOptions | undefined,
  fold: ResultFold,
  onEvent: (event: WorkerEvent) => void,
): Promise<RunEnd> {
  binding.check();
  const plan = planRun(parseRunOptions(query, given), process.env);
  signal.throwIfAborted();
  const warn = (message: string) => onEvent({ type: 'log', id, at: Date.now(), level: 'warning', message });
  const answers = new AnswerCheck(id, plan.answer, warn);
  const services = hostServices(id, plan, answers);
  const prepared = await binding.prepareContext(context, signal);
  for (const remark of prepared?.remarks ?? []) warn(remark);
  const factory = workerFactory(plan.python, process.env);
  return await binding.withWorker(factory, signal, async (worker) => {
    fold.priceTable = (await worker.handshake()).priceTable;
    // Only now, so that a file of ours never outlives both the processes that know of it.
    const staged = await prepared?.stage(worker.folder, AbortSignal.any([signal, worker.closed]));
    try {
      const spec = { ...plan.spec, query, context: staged?.source ?? null, session: binding.session };
      const request = { spec, secrets: { id, ...plan.secrets }, onEvent, services };
      return typedEnd(await worker.run(request, signal), answers);
    } finally {
      if (staged !== undefined) await release(binding, staged);
    }
  });
}
