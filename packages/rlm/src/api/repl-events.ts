import type { RLMEnvironment } from './backends.ts';
import type { RLMNodeEvent } from './event-base.ts';

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
