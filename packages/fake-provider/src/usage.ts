import type { CacheUse } from './prompt-cache.ts';
import type { Message } from './request.ts';
import type { WireFormat } from './wire-format.ts';

/** Tokens of one answered call. `input` includes `cached` and `cacheWrite`; `output` includes `reasoning`. */
export interface TokenUsage {
  readonly input: number;
  readonly cached: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly reasoning: number;
}

const CHARS_PER_TOKEN = 4;
const TOKENS_PER_MESSAGE = 3;

const tokensOf = (text: string) => Math.ceil(text.length / CHARS_PER_TOKEN);

/**
 * What this provider bills for a call, unless it was `said`: a function of the messages and the reply, so that two prompts of different
 * size never cost the same and the same call always does. A third of OpenAI's and Gemini's prompts is served from the
 * cache; Anthropic's cache does what `cache` says.
 */
export function usageOf(
  messages: readonly Message[],
  reply: string,
  format: WireFormat,
  said: { readonly inputTokens?: number; readonly outputTokens?: number } = {},
  cache: CacheUse = { read: 0, written: 0 },
): TokenUsage {
  const asked = messages.reduce((sum, { content }) => sum + tokensOf(content) + TOKENS_PER_MESSAGE, 0);
  const { inputTokens: input = asked, outputTokens = tokensOf(reply) + (reply.length % 11) + 1 } = said;
  return {
    input,
    cached: format === 'anthropic' ? cache.read : Math.floor(input / 3),
    cacheWrite: cache.written,
    output: outputTokens,
    reasoning: Math.min(reply.length % 11, outputTokens),
  };
}
