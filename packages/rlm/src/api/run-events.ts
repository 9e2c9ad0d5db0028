import type { RLMEnvironment } from './backends.ts';
import type { RLMFailureCode, StopReason } from './codes.ts';
import type { RLMCoverage } from './coverage.ts';
import type { RLMEventBase, RLMNodeEvent } from './event-base.ts';

/** The worker took the run. */
export interface RLMRunStartedEvent extends RLMEventBase {
  /** Name of the event. */
  type: 'run.started';
  /** The model of the root RLM, by its full name. */
  rootModel: string;
  /** The model of every sub-call. */
  subModel: string;
  /** Where the model's code runs: the option `environment`. */
  environment: RLMEnvironment;
  /** The official JSONL log; null when logs are off. */
  logFile: string | null;
}

/** The first thing that a resumed run asks otherwise than its journal has it; from here on it is live. */
export interface RLMReplayDivergedEvent extends RLMNodeEvent {
  /** Name of the event. */
  type: 'replay.diverged';
  /** Number of the iteration in its node, from 1; 0 before the first. */
  iteration: number;
  /** Number of the code block in its iteration, from 0. */
  codeBlock: number;
  /** What differs; `missing`: it was recorded, and is not asked any more. */
  what: 'prompt' | 'tool' | 'answer' | 'child' | 'missing';
  /** What the journal has, from the first difference on; null when it has nothing there. */
  recorded: string | null;
  /** What is asked now; null when nothing is. */
  now: string | null;
}

/** The run goes on in another process, from its journal. */
export interface RLMRunResumedEvent extends RLMEventBase {
  /** Name of the event. */
  type: 'run.resumed';
  /** Which life of the run begins; the first was 1. */
  life: number;
  /** Calls whose replies are in the journal. */
  recordedCalls: number;
}

/** How the context is read, and why; once, right after the start. `contextTokens` is null where nothing was counted. */
export interface RLMStrategyChosenEvent extends RLMEventBase {
  /** Name of the event. */
  type: 'strategy.chosen';
  /** By code in a REPL (`recurse`), or whole in the prompt of one model call (`direct`). */
  strategy: 'recurse' | 'direct';
  /** Why the context is read so, in words. */
  reason: string;
  /** Tokens of the context; null where they were not counted. */
  contextTokens: number | null;
}

/** Which part of the context reached a model; just before the end. */
export interface RLMCoverageMeasuredEvent extends RLMEventBase, RLMCoverage {
  /** Name of the event. */
  type: 'coverage.measured';
}

/** A remark about the run. */
export interface RLMLogEvent extends RLMEventBase {
  /** Name of the event. */
  type: 'log';
  /** How grave the remark is. */
  level: 'info' | 'warning' | 'error';
  /** The remark, in words. */
  message: string;
}

/** The run has an answer: `answer` is its text, a typed one is in the result. Always the last event. */
export interface RLMRunCompletedEvent extends RLMEventBase {
  /** Name of the event. */
  type: 'run.completed';
  /** Text of the answer, whole; a typed one is in the result. */
  answer: string;
  /** Milliseconds since the worker took the run. */
  durationMs: number;
}

/** The run has no answer. Always the last event; `stopReason` is null when it was aborted or never ran. */
export interface RLMRunFailedEvent extends RLMEventBase {
  /** Name of the event. */
  type: 'run.failed';
  /** Literal code of the failure, to branch on. */
  code: RLMFailureCode;
  /** Why the run ended, in one word; null when it was aborted or never ran. */
  stopReason: StopReason | null;
  /** What went wrong and what to do, for a person. */
  message: string;
  /** What the model held as its answer; null when it held none. */
  partialAnswer: string | null;
  /** Milliseconds since the worker took the run. */
  durationMs: number;
}
