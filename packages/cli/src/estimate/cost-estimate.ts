import type { RLMResolvedModel } from 'rlm-bridge';
import { type Prices, type Rates, ratesOf } from './rates.ts';

/**
 * Characters of numbered lines in a token. By OpenAI's o200k there are 3.0 (Go) to 3.9 of them, and four by the rule of
 * thumb for prose; other vocabularies cut code finer. `bench estimate` shows what this is off by.
 */
const CHARS_PER_TOKEN = { least: 3.55, most: 2.6 };
/** What every turn of the root model sends: the official system prompt, the judge's query, and what it has seen so far. */
const ROOT_TURN_TOKENS = 3_600;
/** Turns of the root model and tokens of replies that a judgement takes: from one that finds nothing to a long one. */
const ROOT_TURNS = { least: 1, most: 5 };
const ROOT_REPLY_TOKENS = { least: 150, most: 1_500 };
const SUB_REPLY_TOKENS = { least: 3, most: 600 };

export interface EstimateRequest {
  /** Characters and documents of each judgement: a worker as often as there are samples. */
  judgements: readonly { chars: number; documents: number }[];
  root: RLMResolvedModel;
  sub: RLMResolvedModel;
  prices?: Prices | undefined;
}

/** From the least to the most that is likely; costs are null when a price is not known. */
export interface CostEstimate {
  inputTokens: { least: number; most: number };
  outputTokens: { least: number; most: number };
  costUsd: { least: number; most: number } | null;
}

/** What judging would send and bring back, when every character reaches the sub model once. */
export function estimateCost(request: EstimateRequest): CostEstimate {
  const [least, most] = [estimateOf(request, 'least'), estimateOf(request, 'most')];
  return {
    inputTokens: { least: least.inputTokens, most: most.inputTokens },
    outputTokens: { least: least.outputTokens, most: most.outputTokens },
    costUsd: least.costUsd === null || most.costUsd === null ? null : { least: least.costUsd, most: most.costUsd },
  };
}

function estimateOf({ judgements, root, sub, prices }: EstimateRequest, bound: 'least' | 'most') {
  const chars = judgements.reduce((sum, judgement) => sum + judgement.chars, 0);
  const documents = judgements.reduce((sum, judgement) => sum + judgement.documents, 0);
  const turns = ROOT_TURNS[bound] * judgements.length;
  const rootUse = { inputTokens: turns * ROOT_TURN_TOKENS, outputTokens: turns * ROOT_REPLY_TOKENS[bound] };
  const subUse = {
    inputTokens: Math.ceil(chars / CHARS_PER_TOKEN[bound]),
    outputTokens: documents * SUB_REPLY_TOKENS[bound],
  };
  const [rootRates, subRates] = [ratesOf(root, prices), ratesOf(sub, prices)];
  return {
    inputTokens: rootUse.inputTokens + subUse.inputTokens,
    outputTokens: rootUse.outputTokens + subUse.outputTokens,
    costUsd: rootRates && subRates ? dollars(rootUse, rootRates) + dollars(subUse, subRates) : null,
  };
}

function dollars(use: { inputTokens: number; outputTokens: number }, rates: Rates): number {
  return (use.inputTokens * rates.inputUsdPerMTok + use.outputTokens * rates.outputUsdPerMTok) / 1_000_000;
}
