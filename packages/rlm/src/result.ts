import type { WorkerEvent } from '@rlm-bridge/protocol';
import { type RLMCoverage, toCoverage } from './coverage.ts';
import { RLMAbortError, type RLMErrorCode } from './errors.ts';
import type { RunEnd } from './run-end.ts';
import { type RLMStrategy, toStrategy } from './strategy.ts';
import { type RLMTrajectory, TrajectoryFold } from './trajectory.ts';
import { type RLMUsage, UsageFold } from './usage.ts';

/** Why a run that ran has no answer. */
export type StopReason =
  | 'max_iterations'
  | 'budget'
  | 'duration'
  | 'tokens'
  | 'errors'
  | 'provider_error'
  | 'environment_error'
  | 'invalid_answer'
  | 'insufficient_coverage'
  | 'worker_exit';

/** The literal code in `result.error`: more exact than the stop reason. */
export type RLMRunErrorCode =
  | 'cancelled'
  | 'max_iterations'
  | 'budget_exceeded'
  | 'duration_exceeded'
  | 'token_limit_exceeded'
  | 'error_threshold_exceeded'
  | 'authentication_failed'
  | 'model_not_found'
  | 'rate_limited'
  | 'provider_unreachable'
  | 'provider_rejected_request'
  | 'provider_error'
  | 'no_usable_reply'
  | 'no_credit'
  | 'access_denied'
  | 'content_refused'
  | 'certificate_error'
  | 'invalid_setting'
  | 'context_unreadable'
  | 'context_not_utf8'
  | 'context_too_long'
  | 'container_runtime_missing'
  | 'container_runtime_not_running'
  | 'image_missing'
  | 'environment_extra_missing'
  | 'environment_start_failed'
  | 'environment_died'
  | 'answer_too_large'
  | 'invalid_answer'
  | 'insufficient_coverage'
  | 'host_model_failed'
  | 'session_lost'
  | 'unknown_price'
  | 'worker_internal_error'
  | 'worker_exit'
  | 'worker_protocol_error';

/** A code of the last event: of a run that ran, or of one that never did. */
export type RLMFailureCode = RLMRunErrorCode | RLMErrorCode;

/** Why the run failed, and what to do. */
export interface RLMErrorInfo {
  code: RLMRunErrorCode;
  message: string;
  /** The last lines that the Python worker wrote to stderr; null unless the worker itself failed. */
  workerStderr: string | null;
}

/** What every run leaves, however it ended. */
export interface RLMResultBase {
  runId: string;
  /** Iterations that the root model completed. */
  iterations: number;
  /** Model calls made from a REPL at any depth, failed ones included, refused ones not. */
  subCalls: number;
  /** The sum over all calls of the tree; null when the price of any of them is unknown, never a guess. */
  costUsd: number | null;
  usage: RLMUsage;
  /** Which part of the context reached a model; null: it was not measured. */
  coverage: RLMCoverage | null;
  /** How the context was read; null: the run ended before that was settled. */
  strategy: RLMStrategy | null;
  /** Milliseconds from the moment a worker took the run. */
  durationMs: number;
  /** The official JSONL log of the run; null when logs are off. */
  logFile: string | null;
  trajectory: RLMTrajectory;
  /** Iterations, code blocks and sub-calls for which the trajectory had no room; a text without room says so itself. */
  trajectoryLeftOut: number;
}

/** What an aborted run had learned and spent. */
export interface RLMPartialResult extends RLMResultBase {
  success: false;
  answer: null;
  partialAnswer: string | null;
}

/** What `runRLM` resolves with. Branch on `success`. */
export type RLMResult<T = string> = RLMResultBase &
  (
    | { success: true; answer: T; error: null; stopReason: 'answered' }
    | { success: false; answer: null; error: RLMErrorInfo; stopReason: StopReason; partialAnswer: string | null }
  );

/** The result is a fold over the events, so a worker that dies still leaves what the run learned and spent. */
export class ResultFold {
  readonly #runId: string;
  readonly #usage = new UsageFold();
  readonly #trajectory = new TrajectoryFold();
  #logFile: string | null = null;
  #coverage: RLMCoverage | null = null;
  #strategy: RLMStrategy | null = null;
  /** Of the worker that took the run. */
  priceTable = '';

  constructor(runId: string) {
    this.#runId = runId;
  }

  apply(event: WorkerEvent): void {
    if (event.type === 'run.started') this.#logFile = event.logFile;
    if (event.type === 'call.started') this.#usage.start(event);
    if (event.type === 'call.completed') this.#usage.complete(event);
    if (event.type === 'coverage.measured') this.#coverage = toCoverage(event);
    if (event.type === 'strategy.chosen') this.#strategy = toStrategy(event);
    this.#trajectory.apply(event);
  }

  /**
   * @throws {RLMError} when the run never ran.
   * @throws {RLMAbortError} when it was aborted.
   */
  settle(end: RunEnd): RLMResult<unknown> {
    const base = this.#base(end.durationMs);
    switch (end.kind) {
      case 'answered':
        return { ...base, success: true, answer: end.value, error: null, stopReason: 'answered' };
      case 'failed': {
        const { code, stopReason, message, workerStderr } = end;
        const partialAnswer = end.partialAnswer ?? this.#trajectory.lastAnswer;
        return {
          ...base,
          success: false,
          answer: null,
          error: { code, message, workerStderr },
          stopReason,
          partialAnswer,
        };
      }
      case 'never_ran':
        throw end.error;
      case 'aborted': {
        const partialAnswer = end.partialAnswer ?? this.#trajectory.lastAnswer;
        throw new RLMAbortError(end.reason, { ...base, success: false, answer: null, partialAnswer });
      }
    }
  }

  #base(durationMs: number): RLMResultBase {
    return {
      runId: this.#runId,
      iterations: this.#trajectory.completedIterations,
      subCalls: this.#usage.subCalls,
      costUsd: this.#usage.costUsd,
      usage: this.#usage.usage(this.priceTable),
      coverage: this.#coverage,
      strategy: this.#strategy,
      durationMs,
      logFile: this.#logFile,
      trajectory: this.#trajectory.trajectory,
      trajectoryLeftOut: this.#trajectory.leftOut,
    };
  }
}
