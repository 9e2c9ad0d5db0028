/** Tokens of model calls. `inputTokens` includes cached ones, `outputTokens` includes reasoning. */
export interface RLMTokens {
  inputTokens: number;
  outputTokens: number;
  cachedInputTokens: number;
  cacheWriteTokens: number;
  reasoningTokens: number;
}

/** Who made a model call: the root's own turn, code in the REPL, or an RLM further down. */
export type RLMCallRole = 'root' | 'llm_query' | 'child' | 'leaf' | 'compaction' | 'default_answer';

/** Everything so far over the whole tree; `costUsd` is null once a call's price is unknown. */
export interface RLMCallTotals extends RLMTokens {
  calls: number;
  subCalls: number;
  costUsd: number | null;
}
