import type { AssessmentResult } from './result.ts';
import type { Omitted, Provenance } from './worker-assessment.ts';

/** Why nothing was judged. Pinned by a test. */
export const ASSESS_ERROR_CODES = [
  'invalid_options',
  'invalid_result',
  'no_workers',
  'duplicate_worker',
  'aborted',
] as const;
/** The literal code of an `AssessError`. */
export type AssessErrorCode = (typeof ASSESS_ERROR_CODES)[number];

const MARKER = Symbol.for('rlm-bridge.assess-error');

/** What the caller asked for cannot be done: `assessWorkers` rejects with it, and has judged nothing. */
export class AssessError extends Error {
  /** Name of the class; `'AbortError'` for an {@link AssessAbortError}. */
  override readonly name: string = 'AssessError';
  /** A literal to branch on; messages may change, codes do not. */
  readonly code: AssessErrorCode;

  static {
    Object.defineProperty(AssessError.prototype, MARKER, { value: true });
  }

  constructor(code: AssessErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** Whether a value is an `AssessError`, of this copy of the package or of another one. */
  static isInstance(value: unknown): value is AssessError {
    return typeof value === 'object' && value !== null && MARKER in value;
  }
}

/** The call was aborted. `result` has the workers that were judged until then; the others are inconclusive. */
export class AssessAbortError extends AssessError {
  /** The name by which Node knows an abort. */
  override readonly name = 'AbortError';
  /** What was judged until then; the workers that were not are inconclusive. */
  readonly result: AssessmentResult;

  constructor(reason: unknown, result: AssessmentResult) {
    super('aborted', 'The assessment was aborted.', { cause: reason });
    this.result = result;
  }

  /** Whether a value is an `AssessAbortError`, of this copy of the package or of another one. */
  static override isInstance(value: unknown): value is AssessAbortError {
    return AssessError.isInstance(value) && value.code === 'aborted';
  }
}

/** Why one worker could not be judged; it becomes the worker's own `error`. */
export const WORKER_ERROR_CODES = [
  'worker_not_found',
  'worker_ambiguous',
  'evidence_unreadable',
  'evidence_too_large',
  'no_evidence',
  'no_model',
  'insufficient_coverage',
  'evidence_not_read',
  'unreadable_answer',
  'budget_exhausted',
  'assessment_in_progress',
  'assessment_changed',
  'aborted',
] as const;
export type WorkerErrorCode = (typeof WORKER_ERROR_CODES)[number];

/**
 * The work was not found, cannot be shown to a judge, or is another than the assessment began with: that is no failure of
 * the judging, and no policy lets it through.
 */
export const WORKER_ERRORS_OF_THE_WORK: ReadonlySet<string> = new Set<WorkerErrorCode>([
  'worker_not_found',
  'worker_ambiguous',
  'evidence_unreadable',
  'evidence_too_large',
  'no_evidence',
  'assessment_changed',
  'aborted',
]);

/** Carries a {@link WorkerErrorCode} to where the worker's assessment is made. */
export class WorkerError extends Error {
  readonly code: WorkerErrorCode;
  /** Which work it was; null: none was found. */
  provenance: Provenance | null = null;
  /** All that the work is, where no model can be shown any of it and nothing more was asked for; else empty. */
  omitted: readonly Omitted[] = [];

  constructor(code: WorkerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
