import type { JournalContext } from '@rlm-bridge/protocol';
import type { RLMContext } from '../api/options.ts';
import { hashContent } from '../context/content-hash.ts';
import { type JournalState, readState } from '../journal/journal-state.ts';
import { isFinished } from '../journal/run-ends.ts';
import { requireSameRun } from '../journal/same-run.ts';
import { replMemoryMb } from '../options/environment-options.ts';
import { readRunOptions } from '../options/read-options.ts';
import { type JournalPlan, planRun } from '../options/run-plan.ts';
import type { RunEnd } from '../worker/run-end.ts';
import type { Stage } from './execute-run.ts';
import { finishedRun } from './finished-run.ts';
import { JournaledRun } from './journaled-run.ts';
import { runOnWorker, type Task } from './run-on-worker.ts';
import { settleEnvironment } from './settle-environment.ts';

/** A run as it is asked for: a new one, or with a store the one of that id. Only a turn of a session may bring no context. */
export async function carryOut(stage: Stage, context: RLMContext | undefined, query: string): Promise<RunEnd> {
  const { binding, options, signal } = stage;
  binding.check();
  const plan = planRun(await settleEnvironment(await readRunOptions(query, options), process.env), process.env);
  signal.throwIfAborted();
  const prepared = await binding.prepareContext(context, signal, replMemoryMb(plan.spec));
  const task = { plan, query, prepared };
  if (plan.journal === null) return await runOnWorker(stage, task, null);
  return await new KeptRun(stage, task, plan.journal).carryOut();
}

/** A run that a store keeps, under an id that may have been used before. */
class KeptRun {
  readonly #stage: Stage;
  readonly #task: Task;
  readonly #journal: JournalPlan;
  #context: JournalContext | null = null;

  constructor(stage: Stage, task: Task, journal: JournalPlan) {
    this.#stage = stage;
    this.#task = task;
    this.#journal = journal;
  }

  async carryOut(): Promise<RunEnd> {
    const { id, isNew, events, signal } = this.#stage;
    const { prepared } = this.#task;
    // Whoever only wants the result takes the run from nobody.
    const found = isNew ? null : await readState(this.#journal.store, id);
    const finished = found && (await this.#finished(found));
    if (finished) return finished;
    const run = await JournaledRun.open(this.#journal, id, events, isNew);
    try {
      if (run.state === null) {
        const take = (content: AsyncIterable<Uint8Array>) => run.takeContent(content);
        run.startWith((await prepared?.identify(take, signal)) ?? null);
      } else {
        const done = await this.#finished(run.state);
        if (done) return done;
      }
      return await runOnWorker(this.#stage, this.#task, run);
    } finally {
      await run.close();
    }
  }

  /** The end of a run that has its result; null: it goes on. @throws {RLMError} (as a rejection) for another run. */
  async #finished(state: JournalState): Promise<RunEnd | null> {
    const { events, signal } = this.#stage;
    const { plan, query, prepared } = this.#task;
    this.#context ??= (await prepared?.identify(hashContent, signal)) ?? null;
    requireSameRun(state.header, { ...plan.spec, query, session: null }, this.#context);
    if (!isFinished(state.end)) return null;
    return await finishedRun(events, this.#journal.store, state, state.end, plan.answer);
  }
}
