import type { RLMFinishReason } from './finish-reasons.ts';
import type { RLMCallRole, RLMTokens } from './model-calls.ts';

/** A model call made from a REPL. */
export interface RLMSubCall extends RLMTokens {
  call: string;
  role: RLMCallRole;
  model: string;
  depth: number;
  costUsd: number | null;
  latencyMs: number;
  /** How its reply ended; null when none came. */
  finishReason: RLMFinishReason | null;
  /** Why it failed; null when it succeeded. */
  error: { code: string; message: string } | null;
}

/** One fence of code that the model wrote, and what came of it. */
export interface RLMCodeBlock {
  code: string;
  /** `unfinished` when the run ended while it ran. */
  status: 'ok' | 'error' | 'timed_out' | 'interpreter_died' | 'unfinished';
  stdout: string;
  stderr: string;
  durationMs: number | null;
  /** The calls that ended while it ran, those of RLMs further down included. */
  subCalls: RLMSubCall[];
}

/** One response of the root model and the code it led to. */
export interface RLMIteration {
  /** Counts from 1. */
  iteration: number;
  /** Null when the run ended before the iteration did. */
  response: string | null;
  /** What the model held as its answer at the end of the iteration. */
  answer: string | null;
  durationMs: number | null;
  codeBlocks: RLMCodeBlock[];
}

/** The root RLM's iterations in order. */
export type RLMTrajectory = RLMIteration[];
