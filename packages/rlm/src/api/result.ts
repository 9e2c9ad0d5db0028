import type { RLMEnvironment } from './backends.ts';
import type { RLMRunErrorCode, StopReason } from './codes.ts';
import type { RLMCoverage } from './coverage.ts';
import type { RLMStrategy } from './strategy.ts';
import type { RLMTrajectory } from './trajectory.ts';
import type { RLMUsage } from './usage.ts';

/** Why the run failed, and what to do. */
export interface RLMErrorInfo {
  /** Literal code of the failure, to branch on. */
  code: RLMRunErrorCode;
  /** What went wrong and what to do, for a person. */
  message: string;
  /** The last lines that the Python worker wrote to stderr; null unless the worker itself failed. */
  workerStderr: string | null;
}

/** What every run leaves, however it ended. */
export interface RLMResultBase {
  /** Id of the run, as in its events and its log. */
  runId: string;
  /** Iterations that the root model completed. */
  iterations: number;
  /** Model calls made from a REPL at any depth, failed ones included, refused ones not. */
  subCalls: number;
  /** The sum over all calls of the tree; null when the price of any of them is unknown, never a guess. */
  costUsd: number | null;
  /** Calls and tokens of the whole tree, and what each model used. */
  usage: RLMUsage;
  /** Which part of the context reached a model; null: it was not measured. */
  coverage: RLMCoverage | null;
  /** Where the model's code ran, also where `auto` chose; null: the run ended before that was settled. */
  environment: RLMEnvironment | null;
  /** How the context was read; null: the run ended before that was settled. */
  strategy: RLMStrategy | null;
  /** Milliseconds from the moment a worker took the run; of a run that went on, those of all its lives together. */
  durationMs: number;
  /** Processes that worked on the run: 1 unless it was resumed. */
  lives: number;
  /** Calls that the last of them answered from the journal: nothing was asked or paid again. */
  replayedCalls: number;
  /** Whether all of the run is in its journal; null: it has none. */
  journal: 'complete' | 'incomplete' | null;
  /** The official JSONL log of the run; null when logs are off. */
  logFile: string | null;
  /** What the root model wrote, ran and saw, iteration by iteration. */
  trajectory: RLMTrajectory;
  /** Iterations, code blocks and sub-calls for which the trajectory had no room; a text without room says so itself. */
  trajectoryLeftOut: number;
}

/** What an aborted run had learned and spent. */
export interface RLMPartialResult extends RLMResultBase {
  /** False: an aborted run has no answer. */
  success: false;
  /** Null: an aborted run has no answer. */
  answer: null;
  /** What the model held as its answer when the run ended; null when it held none. */
  partialAnswer: string | null;
}

/** What `runRLM` resolves with. Branch on `success`. */
export type RLMResult<T = string> = RLMResultBase &
  (
    | {
        /** True: the run has an answer. */
        success: true;
        /** The answer: text, or with the option `schema` the value that the schema gave. */
        answer: T;
        /** Null: nothing failed. */
        error: null;
        /** Why the run ended: the model answered. */
        stopReason: 'answered';
      }
    | {
        /** False: the run has no answer; `error` says why. */
        success: false;
        /** Null: what the model held as its answer is in `partialAnswer`. */
        answer: null;
        /** Why the run failed, and what to do. */
        error: RLMErrorInfo;
        /** Why the run ended, in one word. */
        stopReason: StopReason;
        /** What the model held as its answer when the run ended; null when it held none. */
        partialAnswer: string | null;
      }
  );
