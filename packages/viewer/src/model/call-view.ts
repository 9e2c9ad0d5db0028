import type { TextRef } from './texts.ts';

// What a page shows of a call: of a model, or of a tool of the host.

/** Who asked: see `RLMCallRole` of rlm-bridge. */
export type CallRole = 'root' | 'llm_query' | 'child' | 'leaf' | 'compaction' | 'default_answer';

/** A call of a model. */
export interface CallView {
  /** Its name in the run. */
  name: string;
  /** Path of the RLM that made it, or whose code did. */
  node: string;
  /** Number of the iteration in its node, from 1; 0 before the first. */
  iteration: number;
  /** The code block that asked, from 0 in its iteration; null: no code asked, it is a turn of the RLM itself. */
  codeBlock: number | null;
  /** Who asked. */
  role: CallRole;
  /** The model that was asked. */
  model: string;
  /** The model that code named, when it is another than was asked; null otherwise. */
  requestedModel: string | null;
  /** Milliseconds since the epoch at which it began; null: not known. */
  startedAt: number | null;
  /** Milliseconds since the epoch at which it ended; null while it is under way. */
  endedAt: number | null;
  /** How it ended. `replayed`: a fork took it over from its run, and pays nothing for it. `pending`: it is under way. */
  outcome: 'pending' | 'succeeded' | 'failed' | 'abandoned' | 'replayed';
  /** How the reply ended: `stop`, `length` (it was cut), `refused`, `empty`, `broken`, `unsupported`; null: no reply came. */
  finishReason: string | null;
  /** Why it failed; null when it did not. */
  error: {
    /** Literal code of the failure. */
    code: string;
    /** What went wrong and what to do, for a person. */
    message: string;
  } | null;
  /** Attempts after the first. */
  retries: number;
  /** Messages of the prompt that the last call of the same node and role had, too. They are not listed again. */
  kept: number;
  /** The messages of the prompt after those. */
  prompt: {
    /** Who speaks: `system`, `user`, `assistant`. */
    role: string;
    /** What is said. */
    text: TextRef;
  }[];
  /** Characters of the whole prompt, what was kept included. */
  promptChars: number;
  /** What the model said; null: no reply came, or none was kept. */
  reply: TextRef | null;
  /** Tokens of the prompt, cached ones included. */
  inputTokens: number;
  /** Tokens of the reply, reasoning included. */
  outputTokens: number;
  /** Tokens of the prompt that were read from the provider's cache. */
  cachedInputTokens: number;
  /** Tokens of the reply that were reasoning. */
  reasoningTokens: number;
  /** US dollars; null when nobody knows. */
  costUsd: number | null;
  /** US dollars that the whole run has spent once it ended; null: not known. */
  spentUsd: number | null;
  /** Whether the run went another way since, without it. It is paid all the same. */
  isLeftBehind: boolean;
}

/** A call of a host tool. */
export interface ToolView {
  /** Its name in the run. */
  name: string;
  /** The tool's name. */
  tool: string;
  /** Path of the RLM whose code made it. */
  node: string;
  /** Number of the iteration in its node, from 1. */
  iteration: number;
  /** The code block that made it, from 0 in its iteration; null: not known. */
  codeBlock: number | null;
  /** Milliseconds since the epoch at which it began; null: not known. */
  startedAt: number | null;
  /** Milliseconds since the epoch at which it ended; null while it is under way. */
  endedAt: number | null;
  /** Whether it returned; null while it is under way. */
  outcome: 'succeeded' | 'failed' | null;
  /** Its arguments as JSON text. */
  arguments: TextRef;
  /** Its result as JSON text, or why it failed; null: neither is known. */
  result: TextRef | null;
}
