/** Tokens of model calls. `inputTokens` includes cached ones, `outputTokens` includes reasoning. */
export interface RLMTokens {
  /** Tokens of the prompts, cached ones included. */
  inputTokens: number;
  /** Tokens of the replies, reasoning included. */
  outputTokens: number;
  /** Tokens of the input that were read from the provider's cache. */
  cachedInputTokens: number;
  /** Tokens of the input that were written to the provider's cache. */
  cacheWriteTokens: number;
  /** Tokens of the output that were reasoning. */
  reasoningTokens: number;
}

/** Who made a model call: the root's own turn, code in the REPL, or an RLM further down. */
export type RLMCallRole = 'root' | 'llm_query' | 'child' | 'leaf' | 'compaction' | 'default_answer';

/** Everything so far over the whole tree; `costUsd` is null once a call's price is unknown. */
export interface RLMCallTotals extends RLMTokens {
  /** Model calls so far, the sub-calls included. */
  calls: number;
  /** Model calls made from a REPL so far, at any depth. */
  subCalls: number;
  /** US dollars; null when the price of any of these calls is unknown. */
  costUsd: number | null;
}
