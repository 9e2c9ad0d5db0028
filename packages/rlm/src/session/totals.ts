import type { RLMResultBase } from '../result.ts';
import { addUsd, type RLMModelUsage, type RLMUsage } from '../usage.ts';

/** What the turns of a session came to. */
export interface RLMSessionTotals {
  /** Turns that ran, failed and aborted ones included. */
  turns: number;
  iterations: number;
  subCalls: number;
  /** The sum over all turns; null when that of any is unknown, never a guess. */
  costUsd: number | null;
  usage: RLMUsage;
}

const NO_USAGE: RLMModelUsage = {
  calls: 0,
  inputTokens: 0,
  outputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  costUsd: 0,
};

export function noTotals(): RLMSessionTotals {
  const { costUsd, ...tokens } = NO_USAGE;
  const usage = { ...tokens, abandonedCalls: 0, byModel: {}, priceTable: '' };
  return { turns: 0, iterations: 0, subCalls: 0, costUsd, usage };
}

/** The totals after one more turn. */
export function plusTurn(
  totals: RLMSessionTotals,
  turn: Pick<RLMResultBase, 'iterations' | 'subCalls' | 'costUsd' | 'usage'>,
): RLMSessionTotals {
  return {
    turns: totals.turns + 1,
    iterations: totals.iterations + turn.iterations,
    subCalls: totals.subCalls + turn.subCalls,
    costUsd: addUsd(totals.costUsd, turn.costUsd),
    usage: plusUsage(totals.usage, turn.usage),
  };
}

function plusUsage(sum: RLMUsage, more: RLMUsage): RLMUsage {
  const byModel = new Map(Object.entries(sum.byModel));
  for (const [model, used] of Object.entries(more.byModel)) {
    const before = byModel.get(model) ?? NO_USAGE;
    byModel.set(model, { ...plusTokens(before, used), costUsd: addUsd(before.costUsd, used.costUsd) });
  }
  return {
    ...plusTokens(sum, more),
    abandonedCalls: sum.abandonedCalls + more.abandonedCalls,
    byModel: Object.fromEntries(byModel),
    priceTable: more.priceTable === '' ? sum.priceTable : more.priceTable,
  };
}

type Tokens = Omit<RLMModelUsage, 'costUsd'>;

function plusTokens(a: Tokens, b: Tokens): Tokens {
  return {
    calls: a.calls + b.calls,
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cachedInputTokens: a.cachedInputTokens + b.cachedInputTokens,
    cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
    reasoningTokens: a.reasoningTokens + b.reasoningTokens,
  };
}
