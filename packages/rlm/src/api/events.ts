import type { RLMBackend, RLMEnvironment } from './backends.ts';
import type { RLMFailureCode, StopReason } from './codes.ts';
import type { RLMCoverage } from './coverage.ts';
import type { RLMEventBase, RLMNodeEvent } from './event-base.ts';
import type { RLMFinishReason } from './finish-reasons.ts';
import type { RLMCallRole, RLMCallTotals, RLMTokens } from './model-calls.ts';

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

/** A REPL is up; `container` is its id where there is one. */
export interface RLMEnvironmentStartedEvent extends RLMNodeEvent {
  /** Name of the event. */
  type: 'environment.started';
  /** Where the model's code runs: the option `environment`. */
  environment: RLMEnvironment;
  /** Id of the container; null in an environment that has none. */
  container: string | null;
  /** Milliseconds that starting it took. */
  durationMs: number;
}

/** The context is in the REPL, counted and hashed there over the bytes that arrived. */
export interface RLMContextLoadedEvent extends RLMNodeEvent {
  /** Name of the event. */
  type: 'context.loaded';
  /** What `context` is in Python: `str`, `list` or `dict`. */
  contextType: 'str' | 'list' | 'dict';
  /** Length of the context in characters. */
  chars: number;
  /** Length of the context in bytes. */
  bytes: number;
  /** SHA-256 of those bytes, in hex. */
  sha256: string;
  /** Milliseconds that loading took. */
  durationMs: number;
}

/** An iteration (response, code, output) begins; they count from 1. */
export interface RLMIterationStartedEvent extends RLMNodeEvent {
  /** Name of the event. */
  type: 'iteration.started';
  /** Number of the iteration in its node, from 1. */
  iteration: number;
}

/** An iteration is over; `answer` is what the model holds as its answer so far. */
export interface RLMIterationCompletedEvent extends RLMNodeEvent {
  /** Name of the event. */
  type: 'iteration.completed';
  /** Number of the iteration in its node, from 1. */
  iteration: number;
  /** What the model wrote. */
  response: string;
  /** Code blocks that were run. */
  codeBlocks: number;
  /** The answer as it stands; null while there is none. */
  answer: string | null;
  /** Milliseconds of the iteration. */
  durationMs: number;
}

/** A code block starts to run; they count from 0 in their iteration. */
export interface RLMCodeBlockStartedEvent extends RLMNodeEvent {
  /** Name of the event. */
  type: 'codeBlock.started';
  /** Number of the iteration in its node, from 1. */
  iteration: number;
  /** Number of the code block in its iteration, from 0. */
  codeBlock: number;
  /** The Python that is about to run. */
  code: string;
}

/** What a running code block prints, throttled. */
export interface RLMCodeBlockOutputEvent extends RLMNodeEvent {
  /** Name of the event. */
  type: 'codeBlock.output';
  /** Number of the iteration in its node, from 1. */
  iteration: number;
  /** Number of the code block in its iteration, from 0. */
  codeBlock: number;
  /** Where the code wrote it. */
  stream: 'stdout' | 'stderr';
  /** What was printed since the last one. */
  text: string;
}

/** A code block ended. */
export interface RLMCodeBlockCompletedEvent extends RLMNodeEvent {
  /** Name of the event. */
  type: 'codeBlock.completed';
  /** Number of the iteration in its node, from 1. */
  iteration: number;
  /** Number of the code block in its iteration, from 0. */
  codeBlock: number;
  /** How the code ended. `error`: it raised; `timed_out`: over `cellTimeoutMs`; `interpreter_died`: its variables are lost. */
  status: 'ok' | 'error' | 'timed_out' | 'interpreter_died';
  /** All that the code printed. */
  stdout: string;
  /** All that the code wrote to stderr, a traceback included. */
  stderr: string;
  /** Model calls that the block made. */
  subCalls: number;
  /** Milliseconds of the block. */
  durationMs: number;
}

/** A model call leaves; `requestedModel` is the model that REPL code asked for, if it named one. */
export interface RLMCallStartedEvent extends RLMNodeEvent {
  /** Name of the event. */
  type: 'call.started';
  /** Name of the call in this run. */
  call: string;
  /** Who calls; see {@link RLMCallRole}. */
  role: RLMCallRole;
  /** The provider, or `host` for a function of yours. */
  backend: RLMBackend | 'host';
  /** The model that is asked. */
  model: string;
  /** The model that REPL code named; null when it named none. */
  requestedModel: string | null;
  /** Length of the prompt in characters. */
  promptChars: number;
}

/** A model call ended. An abandoned one was cut in flight: its provider may still bill it, and nobody can know. */
export interface RLMCallCompletedEvent extends RLMNodeEvent, RLMTokens {
  /** Name of the event. */
  type: 'call.completed';
  /** The name of the call in this run, as in its `call.started`. */
  call: string;
  /** Who called; see {@link RLMCallRole}. */
  role: RLMCallRole;
  /** The provider, or `host` for a function of yours. */
  backend: RLMBackend | 'host';
  /** The model that is asked. */
  model: string;
  /** The model that REPL code named; null when it named none. */
  requestedModel: string | null;
  /** US dollars; null when nobody can know: no price, or the call was cut in flight. */
  costUsd: number | null;
  /** Milliseconds from the first attempt to the end. */
  latencyMs: number;
  /** Attempts of the call after the first. */
  retries: number;
  /** `succeeded`, `failed`, or `abandoned`: cut in flight, and perhaps billed. */
  outcome: 'succeeded' | 'failed' | 'abandoned';
  /** Null when no reply came. Every reply but `stop` and `length` is a failed call. */
  finishReason: RLMFinishReason | null;
  /** Why the call failed; null when it did not. */
  error: {
    /** Literal code of the failure, to branch on. */
    code: RLMFailureCode;
    /** What went wrong and what to do, for a person. */
    message: string;
  } | null;
  /** Calls, tokens and cost of the whole tree so far. */
  totals: RLMCallTotals;
}

/** A resumed run gave a call the reply that an earlier life had got: nothing was asked, nothing is paid again. */
export interface RLMCallReplayedEvent extends RLMNodeEvent {
  /** Name of the event. */
  type: 'call.replayed';
  /** The name that the call had in the earlier life, as in its `call.started`. */
  call: string;
  /** Who calls; see {@link RLMCallRole}. */
  role: RLMCallRole;
  /** The model that had been asked. */
  model: string;
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

/** What is wrong with an answer; `path` is where in it, `''` for all of it. */
export interface RLMAnswerProblem {
  /** What found it: the option `schema`, the option `validate`, or `requireCoverage`. */
  source: 'schema' | 'validate' | 'coverage';
  /** Where in the answer; `''` for all of it. */
  path: string;
  /** What is wrong, in words; the model reads it. */
  message: string;
}

/** An answer was handed back to the model. */
export interface RLMAnswerRejectedEvent extends RLMNodeEvent {
  /** Name of the event. */
  type: 'answer.rejected';
  /** Number of the iteration in its node, from 1. */
  iteration: number;
  /** The answer that was refused. */
  answer: string;
  /** What is wrong with the answer; at least one problem. */
  problems: RLMAnswerProblem[];
}

/** REPL code calls a host tool; `arguments` is JSON text. */
export interface RLMToolStartedEvent extends RLMNodeEvent {
  /** Name of the event. */
  type: 'tool.started';
  /** Name of the call in this run. */
  call: string;
  /** The tool's name. */
  tool: string;
  /** Arguments of the call, as JSON text. */
  arguments: string;
}

/** A host tool returned, or its call failed. */
export interface RLMToolCompletedEvent extends RLMNodeEvent {
  /** Name of the event. */
  type: 'tool.completed';
  /** Name of the call in this run. */
  call: string;
  /** The tool's name. */
  tool: string;
  /** Whether the call returned. */
  outcome: 'succeeded' | 'failed';
  /** Why it failed, as the code block is told; null when it succeeded. */
  error: string | null;
  /** Length of the result as JSON text, in characters. */
  resultChars: number;
  /** Milliseconds of the call. */
  durationMs: number;
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
  | RLMCallReplayedEvent
  | RLMReplayDivergedEvent
  | RLMRunResumedEvent
  | RLMStrategyChosenEvent
  | RLMAnswerRejectedEvent
  | RLMToolStartedEvent
  | RLMToolCompletedEvent
  | RLMCoverageMeasuredEvent
  | RLMLogEvent
  | RLMRunCompletedEvent
  | RLMRunFailedEvent;
