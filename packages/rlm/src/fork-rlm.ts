import type { RLMForkOptions } from './api/go-on-options.ts';
import type { JSONValue } from './api/json.ts';
import type { JSONSchema } from './api/rlm-schema.ts';
import { carryOutFork } from './run/carry-on.ts';
import { anyWorker } from './run/worker-binding.ts';
import { copyOf, type RLMRun, runIdOf, startRun } from './run-rlm.ts';

/**
 * Begins a new run as another one of the store began, up to an iteration of its root, and goes on with other options. What
 * is taken over costs the new run nothing, whichever model is asked now. A context file may have changed since.
 * @param runId Id of the run that is forked; it stays as it is.
 * @typeParam T What an answer is, as of `runRLM`.
 * @throws {RLMError} (as a rejection) `run_not_found`, `invalid_options`, and what `runRLM` rejects with.
 * @throws {RLMAbortError} (as a rejection) when the run was aborted.
 * @example
 * ```ts
 * const store = fileStore('./runs');
 * const other = await forkRLM('invoice-4711', { store, from: { iteration: 3 }, rootModel: 'opus' });
 * ```
 */
export function forkRLM<T = JSONValue, I = unknown>(
  runId: string,
  options: RLMForkOptions<T, I> & { schema: JSONSchema },
): RLMRun<T>;
export function forkRLM<T = string, I = unknown>(runId: string, options: RLMForkOptions<T, I>): RLMRun<T>;
export function forkRLM(runId: string, options: RLMForkOptions): RLMRun<unknown> {
  return startRun({
    runId: runIdOf(options),
    readOptions: () => copyOf(options),
    carryOut: (stage) => carryOutFork(stage, runId),
    binding: anyWorker,
  });
}
