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
  id: string;
  origin: RunOrigin;
  status: RunStatus;
  /** What was asked; null: a log of the official library that has no root prompt. */
  query: TextRef | null;
  /** The instruction that stands before every RLM; null: not known, or the official one. */
  systemPrompt: TextRef | null;
  /** How it ended; null while it has not. */
  end: RunEnd | null;
  rootModel: string;
  subModel: string;
  /** Where model code runs: `docker`, `local`, …; null: not known. */
  environment: string | null;
  /** `recurse`, or `direct`: the whole context in one prompt; and why. Null: not known yet. */
  strategy: { name: string; reason: string } | null;
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
  limits: { budgetUsd: number | null; durationMs: number | null; tokens: number | null; iterations: number | null };
  /** Processes that worked on it. */
  lives: LifeView[];
  /** What the context is, and which part of it was read; null: not known yet. */
  coverage: CoverageView | null;
  /** What it was run by and with, as pairs to read: versions, options that are not the default, image, Python. */
  facts: [name: string, value: string][];
  /** The run that it was forked from; null: none. */
  forkedFrom: { runId: string; iteration: number } | null;
  /** The session that it is a turn of; null: none. */
  turn: { session: string; turn: number } | null;
}

/** A process that worked on the run. */
export interface LifeView {
  startedAt: number;
  /** Null: it works on it now, or was killed. */
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
  from: { iteration: number; codeBlock: number } | null;
  /** Levels below the root. */
  depth: number;
  /** The model that writes its code. */
  model: string;
  /** What it was asked; the query, for the root. */
  query: TextRef | null;
  /** What it came to; null while it has no answer, or none is known. */
  answer: TextRef | null;
  startedAt: number | null;
  endedAt: number | null;
  /** Its own calls, without those of its children. */
  own: Spent;
  /** Its own calls and those of all RLMs below it. */
  whole: Spent;
}

export interface IterationView {
  node: string;
  /** From 1 in its node. */
  number: number;
  startedAt: number | null;
  /** Null while it has not ended. */
  endedAt: number | null;
  /** Place in `calls` of the call of the root model that wrote it; null: not known. */
  call: number | null;
  /** What the model wrote. */
  response: TextRef | null;
  /** What the model held as its answer after it; null: nothing. */
  answer: TextRef | null;
  /** Whether the run went another way since, without it. */
  isLeftBehind: boolean;
}

export interface CodeBlockView {
  node: string;
  iteration: number;
  /** From 0 in its iteration. */
  number: number;
  startedAt: number | null;
  endedAt: number | null;
  /** The Python that was run. */
  code: TextRef;
  /** What it printed; grows while it runs. */
  stdout: TextRef | null;
  stderr: TextRef | null;
  /** Null while it runs. */
  status: 'ok' | 'error' | 'timed_out' | 'interpreter_died' | null;
  /** Names that the code binds at its top level, in order, without those that begin with `_`. */
  binds: string[];
  /** Whether the run went another way since, without it. */
  isLeftBehind: boolean;
}

/** Who asked: see `RLMCallRole` of rlm-bridge. */
export type CallRole = 'root' | 'llm_query' | 'child' | 'leaf' | 'compaction' | 'default_answer';

export interface CallView {
  /** Its name in the run. */
  name: string;
  node: string;
  /** 0 before the first iteration. */
  iteration: number;
  /** The code block that asked, from 0 in its iteration; null: no code asked, it is a turn of the RLM itself. */
  codeBlock: number | null;
  role: CallRole;
  model: string;
  /** The model that code named, when it is another than was asked; null otherwise. */
  requestedModel: string | null;
  startedAt: number | null;
  /** Null while it is under way. */
  endedAt: number | null;
  /** `replayed`: a fork took it over from its run, and pays nothing for it. `pending`: it is under way. */
  outcome: 'pending' | 'succeeded' | 'failed' | 'abandoned' | 'replayed';
  /** How the reply ended: `stop`, `length` (it was cut), `refused`, `empty`, `broken`, `unsupported`; null: no reply came. */
  finishReason: string | null;
  error: { code: string; message: string } | null;
  retries: number;
  /** Messages of the prompt that the last call of the same node and role had, too. They are not listed again. */
  kept: number;
  /** The messages of the prompt after those. */
  prompt: { role: string; text: TextRef }[];
  /** Characters of the whole prompt, what was kept included. */
  promptChars: number;
  reply: TextRef | null;
  inputTokens: number;
  outputTokens: number;
  cachedInputTokens: number;
  reasoningTokens: number;
  costUsd: number | null;
  /** US dollars that the whole run has spent once it ended; null: not known. */
  spentUsd: number | null;
  /** Whether the run went another way since, without it. It is paid all the same. */
  isLeftBehind: boolean;
}

export interface ToolView {
  name: string;
  tool: string;
  node: string;
  iteration: number;
  codeBlock: number | null;
  startedAt: number | null;
  endedAt: number | null;
  /** Null while it is under way. */
  outcome: 'succeeded' | 'failed' | null;
  /** Arguments as JSON text. */
  arguments: TextRef;
  /** Its result as JSON text, or why it failed. */
  result: TextRef | null;
}

/** An answer that was not taken. */
export interface RefusalView {
  node: string;
  iteration: number;
  at: number | null;
  answer: TextRef;
  problems: { source: 'schema' | 'validate' | 'coverage'; path: string; message: string }[];
}

export interface RemarkView {
  at: number | null;
  level: 'info' | 'warning' | 'error';
  text: string;
}
