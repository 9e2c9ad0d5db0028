import type { AssessedFinding } from './api/events.ts';
import type { AssessOptions, WorkerSpec } from './api/options.ts';
import type { AssessmentResult } from './api/result.ts';
import { AssessmentCall } from './assessment-call.ts';
import { workersOf } from './base/given.ts';
import type { WorkBase } from './base/work-base.ts';
import { FindingLog } from './findings/finding-log.ts';
import { validateAssessOptions } from './options/validate-options.ts';

/**
 * An assessment under way: a promise of its result, and its findings as they come, those of a worker when it is judged.
 * Each iterator gets all findings from the first on and ends with the assessment, without throwing; leaving it early ends
 * nothing. The findings of a worker that is judged again come again.
 */
export interface AssessmentRun extends Promise<AssessmentResult>, AsyncIterable<AssessedFinding> {
  /** Ends the whole: the promise rejects with an `AssessAbortError`. No effect once it has ended. */
  abort(reason?: unknown): void;
  /**
   * Ends the judging of one worker, which is inconclusive then (`aborted`); the others go on. No effect once it is judged.
   * @throws {AssessError} `invalid_options` when there is no such worker.
   */
  abortWorker(workerId: string): void;
  /**
   * Judges one worker again once it is done, from its evidence on; the promise waits for it, and has what it came to last.
   * With a `store`, runs that have their result give it again.
   * @throws {AssessError} `invalid_options` when there is no such worker, or the assessment has ended.
   */
  retryWorker(workerId: string): void;
}

/**
 * Judges the work of coding workers with a Recursive Language Model over the whole of their evidence.
 *
 * Resolves whatever came of it: a worker that cannot be judged has its own `error` and is inconclusive, and the others
 * are judged. Nothing is checked out, fetched or changed.
 * @param workers Ids, or where the work is; see {@link WorkerSpec}; or a {@link WorkBase}, for the work that it opened. Not empty.
 * @param options What is judged, how, and what fails; a string is `outputDir`, the folder of `<id>.output` transcripts.
 * @throws {AssessError} (as a rejection) for what is wrong before anything is judged.
 * @throws {AssessAbortError} (as a rejection) when the call was aborted, with what was judged until then.
 * @example
 * ```ts
 * const run = assessWorkers(['auth', 'docs'], { base: 'main' });
 * for await (const { workerId, finding } of run) console.log(workerId, finding.file, finding.message);
 * console.log(formatAssessmentResult(await run));
 * ```
 */
export function assessWorkers(
  workers: readonly (string | WorkerSpec | WorkBase)[],
  options: AssessOptions | string = {},
): AssessmentRun {
  const log = new FindingLog();
  const aborting = new AbortController();
  let call: AssessmentCall | null = null;
  const begin = async (): Promise<AssessmentResult> => {
    try {
      const given = typeof options === 'string' ? { outputDir: options } : options;
      validateAssessOptions(workersOf(workers), given);
      const signal = given.signal === undefined ? aborting.signal : AbortSignal.any([given.signal, aborting.signal]);
      call = new AssessmentCall(workers, { ...given, signal }, log);
      return await call.all();
    } finally {
      log.end();
    }
  };
  const result = begin();
  return Object.assign(result, {
    abort: (reason?: unknown) => aborting.abort(reason),
    abortWorker: (workerId: string) => call?.abortWorker(workerId),
    retryWorker: (workerId: string) => call?.retryWorker(workerId),
    [Symbol.asyncIterator]: () => {
      // Whoever iterates learns of a failure by the promise, or not at all.
      result.catch(() => {});
      return log.iterate();
    },
  });
}
