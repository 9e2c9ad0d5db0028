import { thrownText } from '@rlm-bridge/text';
import type { PreparedContext, StagedContext } from '../context/prepare-context.ts';
import { AnswerCheck } from '../host/answer-check.ts';
import { hostServices } from '../host/host-services.ts';
import type { RunPlan } from '../options/run-plan.ts';
import type { RunEnd } from '../worker/run-end.ts';
import type { WorkerProcess } from '../worker/worker-process.ts';
import type { Stage } from './execute-run.ts';
import type { JournaledRun } from './journaled-run.ts';
import { endOfThrown } from './thrown-end.ts';
import { typedEnd } from './typed-end.ts';
import type { WorkerBinding } from './worker-binding.ts';
import { workerFactory } from './worker-factory.ts';

/** What is to be done, in which nothing is open. */
export interface Task {
  plan: RunPlan;
  query: string;
  /** Null for a turn of a session that brings no context. */
  prepared: PreparedContext | null;
}

/** Does a run on a worker. `journal` is null for a run that is kept nowhere. */
export async function runOnWorker(stage: Stage, task: Task, journal: JournaledRun | null): Promise<RunEnd> {
  const { events, binding, signal } = stage;
  for (const remark of task.prepared?.remarks ?? []) events.warn(remark);
  const factory = workerFactory(task.plan.python, process.env);
  return await binding.withWorker(factory, signal, async (worker) => {
    if (journal === null) return await runOn(worker, stage, task, null);
    try {
      return await journal.settle(await runOn(worker, stage, task, journal), signal);
    } catch (thrown) {
      return await journal.settle(endOfThrown(thrown, signal), signal);
    }
  });
}

async function runOn(worker: WorkerProcess, stage: Stage, task: Task, journal: JournaledRun | null): Promise<RunEnd> {
  const { id, events, binding, signal } = stage;
  const { plan, query, prepared } = task;
  const ready = await worker.handshake();
  events.fold.priceTable = ready.priceTable;
  const answers = new AnswerCheck(id, plan.answer, (message) => events.warn(message));
  const told = { ...plan.spec, query, session: binding.session };
  const kept = journal && (await journal.begin(told, ready, worker.folder, answers));
  // Only now, so that a file of ours never outlives both the processes that know of it.
  const staged = await prepared?.stage(worker.folder, AbortSignal.any([signal, worker.closed]));
  try {
    const spec = { ...told, context: staged?.source ?? null, journal: kept };
    const services = hostServices(id, plan, answers, journal);
    const request = { spec, secrets: { id, ...plan.secrets }, onEvent: events.tell.bind(events), services };
    const until = journal === null ? signal : AbortSignal.any([signal, journal.stopped]);
    return typedEnd(await worker.run(request, until), answers);
  } finally {
    if (staged !== undefined) await release(binding, staged);
  }
}

/** What a run cost and found is not lost to a file that cannot be removed. */
async function release(binding: WorkerBinding, staged: StagedContext): Promise<void> {
  await binding.releaseContext(staged).catch((error: unknown) => {
    const remark = `The context's file could not be removed: ${thrownText(error)}`;
    process.emitWarning(remark, { code: 'RLM_FOLDER_CLEANUP' });
  });
}
