import type { WorkerEvent } from '@rlm-bridge/protocol';
import type { RLMEnvironment } from '../api/backends.ts';
import type { RLMCoverage } from '../api/coverage.ts';
import { RLMAbortError } from '../api/errors.ts';
import type { RLMResult, RLMResultBase } from '../api/result.ts';
import type { RLMStrategy } from '../api/strategy.ts';
import type { RunEnd } from '../worker/run-end.ts';
import { toCoverage, toStrategy } from './to-public-event.ts';
import { TrajectoryFold } from './trajectory-fold.ts';
import { UsageFold } from './usage-fold.ts';

/** The result is a fold over the events, so a worker that dies still leaves what the run learned and spent. */
export class ResultFold {
  readonly #runId: string;
  readonly #usage = new UsageFold();
  readonly #trajectory = new TrajectoryFold();
  #logFile: string | null = null;
  #coverage: RLMCoverage | null = null;
  #environment: RLMEnvironment | null = null;
  #strategy: RLMStrategy | null = null;
  #replayedCalls = 0;
  /** Name and version of the price table of the worker that took the run; empty until one did. */
  priceTable = '';
  /** Processes that worked on the run, this one included. */
  lives = 1;
  /** Whether all of it is in a journal; null: it has none. */
  journal: RLMResultBase['journal'] = null;

  constructor(runId: string) {
    this.#runId = runId;
  }

  apply(event: WorkerEvent): void {
    if (event.type === 'run.started') {
      this.#logFile = event.logFile;
      this.#environment = event.environment;
    }
    if (event.type === 'call.started') this.#usage.start(event);
    if (event.type === 'call.completed') this.#usage.complete(event);
    if (event.type === 'coverage.measured') this.#coverage = toCoverage(event);
    if (event.type === 'call.replayed') this.#replayedCalls += 1;
    this.inherit(event);
  }

  /** A call that was announced is not made. */
  notMade(call: string): void {
    this.#usage.notMade(call);
  }

  /** Takes what happened in the run that this one was forked from: its calls are none of this one's bill. */
  inherit(event: WorkerEvent): void {
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

  /** What it came to so far. */
  get spent(): Pick<RLMResultBase, 'iterations' | 'subCalls' | 'costUsd' | 'usage'> {
    return {
      iterations: this.#trajectory.completedIterations,
      subCalls: this.#usage.subCalls,
      costUsd: this.#usage.costUsd,
      usage: this.#usage.usage(this.priceTable),
    };
  }

  #base(durationMs: number): RLMResultBase {
    return {
      runId: this.#runId,
      ...this.spent,
      coverage: this.#coverage,
      environment: this.#environment,
      strategy: this.#strategy,
      durationMs,
      lives: this.lives,
      replayedCalls: this.#replayedCalls,
      journal: this.journal,
      logFile: this.#logFile,
      trajectory: this.#trajectory.trajectory,
      trajectoryLeftOut: this.#trajectory.leftOut,
    };
  }
}
