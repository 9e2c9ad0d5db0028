import type { RLMRunErrorCode, StopReason } from './codes.ts';
import type { RLMCoverage } from './coverage.ts';
import type { RLMStrategy } from './strategy.ts';
import type { RLMTrajectory } from './trajectory.ts';
import type { RLMUsage } from './usage.ts';

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
