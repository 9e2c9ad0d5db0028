import type { RLMResumeOptions } from './api/go-on-options.ts';
import type { JSONValue } from './api/json.ts';
import type { JSONSchema } from './api/rlm-schema.ts';
import { carryOn } from './run/carry-on.ts';
import { anyWorker } from './run/worker-binding.ts';
import { copyOf, type RLMRun, startRun } from './run-rlm.ts';

/**
 * Goes on with a run of a store, in this process: its code runs again, and every call, tool and verdict that was recorded is
 * answered from the journal; nothing is asked or paid twice. A run that has its result gives it at once.
 * @param runId Id of the run, as in `options.runId` of `runRLM`, or its handle's.
 * @typeParam T What an answer is, as of `runRLM`.
 * @throws {RLMError} (as a rejection) `run_not_found`; `run_in_progress` while another process has it; `invalid_options`
 *   that names what must be given again; `version_mismatch`, `context_changed`, `journal_corrupted`, and what `runRLM` rejects with.
 * @throws {RLMAbortError} (as a rejection) when the run was aborted.
 * @example
 * ```ts
 * const result = await resumeRLM('invoice-4711', { store: fileStore('./runs'), maxBudgetUsd: 2 });
 * ```
 */
export function resumeRLM<T = JSONValue, I = unknown>(
  runId: string,
  options: RLMResumeOptions<T, I> & { schema: JSONSchema },
): RLMRun<T>;
export function resumeRLM<T = string, I = unknown>(runId: string, options: RLMResumeOptions<T, I>): RLMRun<T>;
export function resumeRLM(runId: string, options: RLMResumeOptions): RLMRun<unknown> {
  return startRun({ runId, readOptions: () => copyOf(options), carryOut: carryOn, binding: anyWorker });
}
