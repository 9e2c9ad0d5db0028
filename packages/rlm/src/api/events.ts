import type { RLMBackend, RLMEnvironment } from './backends.ts';
import type { RLMFailureCode, StopReason } from './codes.ts';
import type { RLMCoverage } from './coverage.ts';
import type { RLMFinishReason } from './finish-reasons.ts';
import type { RLMCallRole, RLMCallTotals, RLMTokens } from './model-calls.ts';

/** What every event has: the run, and the worker's clock in milliseconds since the epoch. */
export interface RLMEventBase {
  runId: string;
  at: number;
}

/** Where in the tree: `node` is `"0"` for the root RLM, `"0/2"` for its second child; `depth` is 0 for the root. */
export interface RLMNodeEvent extends RLMEventBase {
  node: string;
  depth: number;
}

/** The worker took the run. */
export interface RLMRunStartedEvent extends RLMEventBase {
  type: 'run.started';
  rootModel: string;
  subModel: string;
  environment: RLMEnvironment;
  /** The official JSONL log; null when logs are off. */
  logFile: string | null;
}

/** A REPL is up; `container` is its id where there is one. */
export interface RLMEnvironmentStartedEvent extends RLMNodeEvent {
  type: 'environment.started';
  environment: RLMEnvironment;
  container: string | null;
  durationMs: number;
}

/** The context is in the REPL, counted and hashed there over the bytes that arrived. */
export interface RLMContextLoadedEvent extends RLMNodeEvent {
  type: 'context.loaded';
  contextType: 'str' | 'list' | 'dict';
  chars: number;
  bytes: number;
  sha256: string;
  durationMs: number;
}

/** An iteration (response, code, output) begins; they count from 1. */
export interface RLMIterationStartedEvent extends RLMNodeEvent {
  type: 'iteration.started';
  iteration: number;
}

/** An iteration is over; `answer` is what the model holds as its answer so far. */
export interface RLMIterationCompletedEvent extends RLMNodeEvent {
  type: 'iteration.completed';
  iteration: number;
  response: string;
  codeBlocks: number;
  answer: string | null;
  durationMs: number;
}

/** A code block starts to run; they count from 0 in their iteration. */
export interface RLMCodeBlockStartedEvent extends RLMNodeEvent {
  type: 'codeBlock.started';
  iteration: number;
  codeBlock: number;
  code: string;
}

/** What a running code block prints, throttled. */
export interface RLMCodeBlockOutputEvent extends RLMNodeEvent {
  type: 'codeBlock.output';
  iteration: number;
  codeBlock: number;
  stream: 'stdout' | 'stderr';
  text: string;
}

/** A code block ended. */
export interface RLMCodeBlockCompletedEvent extends RLMNodeEvent {
  type: 'codeBlock.completed';
  iteration: number;
  codeBlock: number;
  status: 'ok' | 'error' | 'timed_out' | 'interpreter_died';
  stdout: string;
  stderr: string;
  subCalls: number;
  durationMs: number;
}

/** A model call leaves; `requestedModel` is the model that REPL code asked for, if it named one. */
export interface RLMCallStartedEvent extends RLMNodeEvent {
  type: 'call.started';
  call: string;
  role: RLMCallRole;
  backend: RLMBackend | 'host';
  model: string;
  requestedModel: string | null;
  promptChars: number;
}

/** A model call ended. An abandoned one was cut in flight: its provider may still bill it, and nobody can know. */
export interface RLMCallCompletedEvent extends RLMNodeEvent, RLMTokens {
  type: 'call.completed';
  call: string;
  role: RLMCallRole;
  backend: RLMBackend | 'host';
  model: string;
  requestedModel: string | null;
  costUsd: number | null;
  latencyMs: number;
  retries: number;
  outcome: 'succeeded' | 'failed' | 'abandoned';
  /** Null when no reply came. Every reply but `stop` and `length` is a failed call. */
  finishReason: RLMFinishReason | null;
  error: { code: RLMFailureCode; message: string } | null;
  totals: RLMCallTotals;
}

/** How the context is read, and why; once, right after the start. `contextTokens` is null where nothing was counted. */
export interface RLMStrategyChosenEvent extends RLMEventBase {
  type: 'strategy.chosen';
  strategy: 'recurse' | 'direct';
  reason: string;
  contextTokens: number | null;
}

/** What is wrong with an answer; `path` is where in it, `''` for all of it. */
export interface RLMAnswerProblem {
  source: 'schema' | 'validate' | 'coverage';
  path: string;
  message: string;
}

/** An answer was handed back to the model. */
export interface RLMAnswerRejectedEvent extends RLMNodeEvent {
  type: 'answer.rejected';
  iteration: number;
  answer: string;
  problems: RLMAnswerProblem[];
}

/** REPL code calls a host tool; `arguments` is JSON text. */
export interface RLMToolStartedEvent extends RLMNodeEvent {
  type: 'tool.started';
  call: string;
  tool: string;
  arguments: string;
}

/** A host tool returned, or its call failed. */
export interface RLMToolCompletedEvent extends RLMNodeEvent {
  type: 'tool.completed';
  call: string;
  tool: string;
  outcome: 'succeeded' | 'failed';
  error: string | null;
  resultChars: number;
  durationMs: number;
}

/** Which part of the context reached a model; just before the end. */
export interface RLMCoverageMeasuredEvent extends RLMEventBase, RLMCoverage {
  type: 'coverage.measured';
}

/** A remark about the run. */
export interface RLMLogEvent extends RLMEventBase {
  type: 'log';
  level: 'info' | 'warning' | 'error';
  message: string;
}

/** The run has an answer: `answer` is its text, a typed one is in the result. Always the last event. */
export interface RLMRunCompletedEvent extends RLMEventBase {
  type: 'run.completed';
  answer: string;
  durationMs: number;
}

/** The run has no answer. Always the last event; `stopReason` is null when it was aborted or never ran. */
export interface RLMRunFailedEvent extends RLMEventBase {
  type: 'run.failed';
  code: RLMFailureCode;
  stopReason: StopReason | null;
  message: string;
  partialAnswer: string | null;
  durationMs: number;
}

/** What happens in a run, in order; exactly one `run.completed` or `run.failed` ends it. Branch on `type`. */
export type RLMEvent =
  | RLMRunStartedEvent
  | RLMEnvironmentStartedEvent
  | RLMContextLoadedEvent
  | RLMIterationStartedEvent
  | RLMIterationCompletedEvent
  | RLMCodeBlockStartedEvent
  | RLMCodeBlockOutputEvent
  | RLMCodeBlockCompletedEvent
  | RLMCallStartedEvent
  | RLMCallCompletedEvent
  | RLMStrategyChosenEvent
  | RLMAnswerRejectedEvent
  | RLMToolStartedEvent
  | RLMToolCompletedEvent
  | RLMCoverageMeasuredEvent
  | RLMLogEvent
  | RLMRunCompletedEvent
  | RLMRunFailedEvent;
