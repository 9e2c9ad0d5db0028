import { addUsd, NO_TOKENS, noFinishReasons, plusFinishReasons, plusTokens } from '@rlm-bridge/usage';
import type { RLMResultBase } from '../api/result.ts';
import type { RLMModelUsage, RLMUsage } from '../api/usage.ts';

/** What the turns of a session came to. */
export interface RLMSessionTotals {
  /** Turns that ran, failed and aborted ones included. */
  turns: number;
  /** Iterations that the root model completed, in all turns. */
  iterations: number;
  /** Model calls made from a REPL at any depth, in all turns. */
  subCalls: number;
  /** The sum over all turns; null when that of any is unknown, never a guess. */
  costUsd: number | null;
  /** Calls and tokens of all turns, and what each model used. */
  usage: RLMUsage;
}

const NO_USAGE: RLMModelUsage = { ...NO_TOKENS, costUsd: 0 };

export function noTotals(): RLMSessionTotals {
  const usage = { ...NO_TOKENS, abandonedCalls: 0, finishReasons: noFinishReasons(), byModel: {}, priceTable: '' };
  return { turns: 0, iterations: 0, subCalls: 0, costUsd: 0, usage };
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
    finishReasons: plusFinishReasons(sum.finishReasons, more.finishReasons),
    byModel: Object.fromEntries(byModel),
    priceTable: more.priceTable === '' ? sum.priceTable : more.priceTable,
  };
}
