import type { CallView, ToolView } from './call-view.ts';
import type { CoverageView } from './coverage-view.ts';
import type { RunEnd, RunOrigin, RunStatus } from './run-summary.ts';
import type { Spent, TextRef } from './texts.ts';

// What a page shows of one run: an outline of everything that happened, without the long texts. Lists only grow, an item
// keeps its place in its list, and what changes of an item (a call that ends) changes there. When a resumed run goes another
// way than it had before, what was begun again changes in its place, and what was not is marked as left behind.

/** Everything of one run but its long texts. */
export interface RunView {
  /** What stands above everything else. */
  head: RunHead;
  /** The RLMs of the run: the root first, then its children in the order in which they began. */
  nodes: NodeView[];
  /** Iterations of all nodes, in the order in which they began. */
  iterations: IterationView[];
  /** Code blocks of all iterations, in the order in which they began. */
  codeBlocks: CodeBlockView[];
  /** Model calls of all nodes, in the order in which they began. */
  calls: CallView[];
  /** Calls of host tools, in the order in which they began. */
  tools: ToolView[];
  /** Answers that were handed back to the model, in order. */
  refusals: RefusalView[];
  /** Remarks, resumptions and divergences, in order. */
  remarks: RemarkView[];
}

export type ListName = Exclude<keyof RunView, 'head'>;

/** What is known of the run as a whole. */
export interface RunHead {
  /** By what its source knows it, as in its `RunSummary`. */
  id: string;
  /** Where it was read from. */
  origin: RunOrigin;
  /** How it stands now. */
  status: RunStatus;
  /** What was asked; null: a log of the official library that has no root prompt. */
  query: TextRef | null;
  /** The instruction that stands before every RLM; null: not known, or the official one. */
  systemPrompt: TextRef | null;
  /** How it ended; null while it has not. */
  end: RunEnd | null;
  /** The model of the root RLM. */
  rootModel: string;
  /** The model of every sub-call. */
  subModel: string;
  /** Where model code runs: `docker`, `local`, …; null: not known. */
  environment: string | null;
  /** `recurse`, or `direct`: the whole context in one prompt; and why. Null: not known yet. */
  strategy: {
    /** `recurse` or `direct`. */
    name: string;
    /** Why the context is read so, in words. */
    reason: string;
  } | null;
  /** Milliseconds since the epoch; null: its log does not tell. */
  startedAt: number | null;
  /** Milliseconds since the epoch at which it ended; null while it has not. */
  endedAt: number | null;
  /** Milliseconds in which a process worked on it, over all its lives. */
  durationMs: number | null;
  /** Whether the times of single calls were measured, or only laid out evenly, because a log does not tell them. */
  hasTimes: boolean;
  /** Everything so far, over the whole tree. */
  spent: Spent;
  /** Calls made from a REPL, at any depth. */
  subCalls: number;
  /** What it may come to; null: no such limit. */
  limits: {
    /** US dollars; null: no cap. */
    budgetUsd: number | null;
    /** Milliseconds; null: no limit. */
    durationMs: number | null;
    /** Tokens of all calls; null: no limit. */
    tokens: number | null;
    /** Iterations of the root; null: not known. */
    iterations: number | null;
  };
  /** Processes that worked on it. */
  lives: LifeView[];
  /** What the context is, and which part of it was read; null: not known yet. */
  coverage: CoverageView | null;
  /** What it was run by and with, as pairs to read: versions, options that are not the default, image, Python. */
  facts: [name: string, value: string][];
  /** The run that it was forked from; null: none. */
  forkedFrom: {
    /** Its id. */
    runId: string;
    /** The iteration of its root from which on the fork went its own way. */
    iteration: number;
  } | null;
  /** The session that it is a turn of; null: none. */
  turn: {
    /** Id of the session. */
    session: string;
    /** Number of the turn, from 1. */
    turn: number;
  } | null;
}

/** A process that worked on the run. */
export interface LifeView {
  /** Milliseconds since the epoch at which it took the run. */
  startedAt: number;
  /** Milliseconds since the epoch at which it let go of it; null: it works on it now, or was killed. */
  endedAt: number | null;
  /** Calls that it found in the journal, and did not ask again. */
  replayedCalls: number;
}

/** An RLM of the tree. */
export interface NodeView {
  /** `0` for the root, `0/2` for a child of it. */
  path: string;
  /** The path of the RLM whose code began it; null for the root. */
  parent: string | null;
  /** Where its parent's code began it; null for the root, and where a log does not tell. */
  from: {
    /** The iteration of the parent, from 1. */
    iteration: number;
    /** The code block in that iteration, from 0. */
    codeBlock: number;
  } | null;
  /** Levels below the root. */
  depth: number;
  /** The model that writes its code. */
  model: string;
  /** What it was asked; the query, for the root. */
  query: TextRef | null;
  /** What it came to; null while it has no answer, or none is known. */
  answer: TextRef | null;
  /** Milliseconds since the epoch at which it began; null: not known. */
  startedAt: number | null;
  /** Milliseconds since the epoch at which it ended; null while it has not, or where that is not known. */
  endedAt: number | null;
  /** Its own calls, without those of its children. */
  own: Spent;
  /** Its own calls and those of all RLMs below it. */
  whole: Spent;
}

/** A turn of an RLM: what its model wrote, and the code in it that was run. */
export interface IterationView {
  /** Path of the RLM. */
  node: string;
  /** Number of the iteration in its node, from 1. */
  number: number;
  /** Milliseconds since the epoch at which it began; null: not known. */
  startedAt: number | null;
  /** Milliseconds since the epoch at which it ended; null while it has not. */
  endedAt: number | null;
  /** Place in `calls` of the call of the root model that wrote it; null: not known. */
  call: number | null;
  /** What the model wrote; null while it has not. */
  response: TextRef | null;
  /** What the model held as its answer after it; null: nothing. */
  answer: TextRef | null;
  /** Whether the run went another way since, without it. */
  isLeftBehind: boolean;
}

/** A code block that was run in the REPL. */
export interface CodeBlockView {
  /** Path of the RLM. */
  node: string;
  /** Number of the iteration in its node, from 1. */
  iteration: number;
  /** Number of the code block in its iteration, from 0. */
  number: number;
  /** Milliseconds since the epoch at which it began; null: not known. */
  startedAt: number | null;
  /** Milliseconds since the epoch at which it ended; null while it runs. */
  endedAt: number | null;
  /** The Python that was run. */
  code: TextRef;
  /** What it printed, which grows while it runs; null: nothing. */
  stdout: TextRef | null;
  /** What it wrote to stderr, a traceback included; null: nothing. */
  stderr: TextRef | null;
  /** How it ended; null while it runs. */
  status: 'ok' | 'error' | 'timed_out' | 'interpreter_died' | null;
  /** Names that the code binds at its top level, in order, without those that begin with `_`. */
  binds: string[];
  /** Whether the run went another way since, without it. */
  isLeftBehind: boolean;
}

/** An answer that was not taken. */
export interface RefusalView {
  /** Path of the RLM that gave it. */
  node: string;
  /** Number of the iteration in its node, from 1. */
  iteration: number;
  /** Milliseconds since the epoch; null: not known. */
  at: number | null;
  /** What was not taken. */
  answer: TextRef;
  /** What was wrong with it; at least one. */
  problems: {
    /** What found it: the option `schema`, the option `validate`, or `requireCoverage`. */
    source: 'schema' | 'validate' | 'coverage';
    /** Where in the answer; `''` for all of it. */
    path: string;
    /** What is wrong, in words; the model was told. */
    message: string;
  }[];
}

/** A remark about the run. */
export interface RemarkView {
  /** Milliseconds since the epoch; null: not known. */
  at: number | null;
  /** How grave it is. */
  level: 'info' | 'warning' | 'error';
  /** The remark, in words. */
  text: string;
}
