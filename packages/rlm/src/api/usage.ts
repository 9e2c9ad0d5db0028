import type { RLMFinishReason } from './finish-reasons.ts';

/** What one model used. Tokens as in {@link RLMTokens}; `costUsd` is null when that of any of its calls is unknown. */
export interface RLMModelUsage {
  /** Model calls that were made, failed ones included. */
  calls: number;
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
  /** US dollars; null when the price of any of these calls is unknown. */
  costUsd: number | null;
}

/** What the whole tree used, failed calls included. */
export interface RLMUsage extends Omit<RLMModelUsage, 'costUsd'> {
  /** Calls that ended without a word of their provider (cut in flight, connection lost): it may still bill them. */
  abandonedCalls: number;
  /** How many replies ended in each way. What is left of `calls` had no reply at all. */
  finishReasons: Record<RLMFinishReason, number>;
  /** What each model used, by its full name. */
  byModel: Record<string, RLMModelUsage>;
  /** Name and version of the price table, e.g. `genai-prices 0.2.3`; empty when no worker was reached. */
  priceTable: string;
}
