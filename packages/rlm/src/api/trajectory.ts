import type { RLMFinishReason } from './finish-reasons.ts';
import type { RLMCallRole, RLMTokens } from './model-calls.ts';

/** A model call made from a REPL. */
export interface RLMSubCall extends RLMTokens {
  /** Name of the call in its run, as in the events. */
  call: string;
  /** Who made the call; see {@link RLMCallRole}. */
  role: RLMCallRole;
  /** The model that was asked. */
  model: string;
  /** Depth in the tree of the RLM that called; 0 for the root. */
  depth: number;
  /** US dollars; null when nobody can know. */
  costUsd: number | null;
  /** Milliseconds from the first attempt to the end. */
  latencyMs: number;
  /** How its reply ended; null when none came. */
  finishReason: RLMFinishReason | null;
  /** Why it failed; null when it succeeded. */
  error: {
    /** Literal code of the failure, as in the events. */
    code: string;
    /** What went wrong and what to do, for a person. */
    message: string;
  } | null;
}

/** One fence of code that the model wrote, and what came of it. */
export interface RLMCodeBlock {
  /** The Python that was run. */
  code: string;
  /** `unfinished` when the run ended while it ran. */
  status: 'ok' | 'error' | 'timed_out' | 'interpreter_died' | 'unfinished';
  /** What the code printed. */
  stdout: string;
  /** What the code wrote to stderr, a traceback included. */
  stderr: string;
  /** Milliseconds that the code ran; null when the run ended before the code did. */
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
  /** Milliseconds of the iteration; null when the run ended before the iteration did. */
  durationMs: number | null;
  /** The code blocks of the response, in the order in which they ran. */
  codeBlocks: RLMCodeBlock[];
}

/** The root RLM's iterations in order. */
export type RLMTrajectory = RLMIteration[];
