import { toPicoUsd, toUsd } from '@rlm-bridge/usage';
import type { Spent } from '../model/texts.ts';

/** What of a call is spent; without a reply, nothing but that it is a call whose cost nobody knows. */
export type SpentCall = Omit<Spent, 'calls'>;

/** Adds up what calls spent: exact, whatever their order. */
export class SpentSum {
  #spent: Omit<Spent, 'costUsd'> = {
    calls: 0,
    inputTokens: 0,
    outputTokens: 0,
    cachedInputTokens: 0,
    reasoningTokens: 0,
  };
  #picoUsd: bigint | null = 0n;

  add(call: SpentCall): void {
    const { calls, inputTokens, outputTokens, cachedInputTokens, reasoningTokens } = this.#spent;
    this.#spent = {
      calls: calls + 1,
      inputTokens: inputTokens + call.inputTokens,
      outputTokens: outputTokens + call.outputTokens,
      cachedInputTokens: cachedInputTokens + call.cachedInputTokens,
      reasoningTokens: reasoningTokens + call.reasoningTokens,
    };
    this.#picoUsd = this.#picoUsd === null || call.costUsd === null ? null : this.#picoUsd + toPicoUsd(call.costUsd);
  }

  get costUsd(): number | null {
    return toUsd(this.#picoUsd);
  }

  get spent(): Spent {
    return { ...this.#spent, costUsd: this.costUsd };
  }
}

/** Nothing was spent. */
export const NOTHING: Spent = new SpentSum().spent;
