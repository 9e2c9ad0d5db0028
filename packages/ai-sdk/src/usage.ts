import type { RLMTokens } from 'rlm-bridge';
import type { AISDKResult, UsageV2, UsageV3 } from './model-spec.ts';

/**
 * What a call used, with cached tokens among the input and reasoning among the output; undefined when the provider did
 * not say how much went in or came out.
 */
export function usageOf(provider: string, { usage, providerMetadata }: AISDKResult): RLMTokens | undefined {
  return isV3(usage) ? fromV3(usage) : fromV2(usage, provider, providerMetadata);
}

function isV3(usage: UsageV2 | UsageV3): usage is UsageV3 {
  return typeof usage.inputTokens === 'object';
}

function fromV3({ inputTokens, outputTokens }: UsageV3): RLMTokens | undefined {
  const cached = count(inputTokens.cacheRead) ?? 0;
  const written = count(inputTokens.cacheWrite) ?? 0;
  const reasoning = count(outputTokens.reasoning) ?? 0;
  const input = atLeast(count(inputTokens.total), count(inputTokens.noCache), cached + written);
  const output = atLeast(count(outputTokens.total), count(outputTokens.text), reasoning);
  return tokens(input, output, cached, written, reasoning);
}

/** A total, but never less than the parts that are known; without either, undefined. */
function atLeast(total: number | undefined, rest: number | undefined, parts: number): number | undefined {
  if (total === undefined && rest === undefined) return undefined;
  return Math.max(total ?? 0, (rest ?? 0) + parts);
}

/** Providers of v2 whose cached tokens are not among the input tokens. */
const CACHE_APART = /anthropic|bedrock/;

function fromV2(usage: UsageV2, provider: string, metadata: AISDKResult['providerMetadata']): RLMTokens | undefined {
  const input = count(usage.inputTokens);
  const output = count(usage.outputTokens);
  if (input === undefined || output === undefined) return undefined;
  const cached = count(usage.cachedInputTokens) ?? 0;
  const written = writtenToCache(metadata);
  const cacheApart = CACHE_APART.test(provider) || cached + written > input;
  const reasoning = count(usage.reasoningTokens) ?? 0;
  // Google counts thoughts apart from the answer, and says so by its total.
  const reasoningApart = reasoning > output || usage.totalTokens === input + output + reasoning;
  return tokens(
    input + (cacheApart ? cached + written : 0),
    output + (reasoningApart ? reasoning : 0),
    cached,
    written,
    reasoning,
  );
}

/** v2 has no place of its own for tokens written to a cache. */
function writtenToCache(metadata: AISDKResult['providerMetadata']): number {
  const bedrock = metadata?.bedrock?.usage as { cacheWriteInputTokens?: unknown } | undefined;
  return count(metadata?.anthropic?.cacheCreationInputTokens) ?? count(bedrock?.cacheWriteInputTokens) ?? 0;
}

function tokens(
  inputTokens: number | undefined,
  outputTokens: number | undefined,
  cachedInputTokens: number,
  cacheWriteTokens: number,
  reasoningTokens: number,
): RLMTokens | undefined {
  if (inputTokens === undefined || outputTokens === undefined) return undefined;
  return { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens, reasoningTokens };
}

function count(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
}
