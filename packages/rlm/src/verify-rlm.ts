import type { RLMVerification, RLMVerifyOptions } from './api/verification.ts';
import { verifyRun } from './run/verify-run.ts';

/**
 * Runs the code of a run of a store again over its journal, and says whether it did the same: what it asked of models and
 * tools, what it printed, how it ended. Every call, tool and verdict is answered from the journal; no provider is asked,
 * no function of the caller's is called, nothing is written. Code that reads the clock, for one, does not do the same.
 * @param runId Id of the run.
 * @throws {RLMError} (as a rejection) `run_not_found`; `version_mismatch`, `context_changed`, `journal_corrupted`, and what
 *   `runRLM` rejects with where there is no worker or no REPL.
 * @example
 * ```ts
 * const { isSame, differences } = await verifyRLM('invoice-4711', { store: fileStore('./runs') });
 * ```
 */
export async function verifyRLM(runId: string, options: RLMVerifyOptions): Promise<RLMVerification> {
  return await verifyRun(runId, options);
}
