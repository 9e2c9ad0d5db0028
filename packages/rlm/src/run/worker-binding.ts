import type { RLMContext } from '../api/options.ts';
import type { RLMResult } from '../api/result.ts';
import { type PreparedContext, prepareContext, type StagedContext } from '../context/prepare-context.ts';
import { sharedPool } from '../worker/configure-workers.ts';
import type { WorkerPool } from '../worker/pool.ts';

/** Where a run is done: on any worker, or on that of its session. */
export interface WorkerBinding {
  /** Id of the session, as in `RunSpec.session`. */
  readonly session: string | null;
  /** @throws {RLMError} when no run can be done here now. */
  check(): void;
  /** `null` for a run that needs no context of its own; `memoryMb` is the REPL's, null where it is not known. @throws {RLMError} with a code that starts with `context_`. */
  prepareContext(
    context: RLMContext | undefined,
    signal: AbortSignal,
    memoryMb: number | null,
  ): Promise<PreparedContext | null>;
  withWorker: WorkerPool['withWorker'];
  /** The run is over: removes the files of its context, now or when nobody needs them any more. */
  releaseContext(staged: StagedContext): Promise<void>;
  /** Takes note of how the run ends, before the caller hears of it. */
  onSettled(result: Promise<RLMResult<unknown>>): Promise<RLMResult<unknown>>;
}

/** Any worker of this process, with a REPL of the run's own. */
export const anyWorker: WorkerBinding = {
  session: null,
  check: () => {},
  prepareContext: (context, signal, memoryMb) => prepareContext(context, signal, memoryMb),
  withWorker: (factory, signal, use) => sharedPool().withWorker(factory, signal, use),
  releaseContext: (staged) => staged.dispose(),
  onSettled: (result) => result,
};
