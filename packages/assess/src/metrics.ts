import { addUsd, NO_TOKENS, noFinishReasons, plusFinishReasons, plusTokens, type Tokens } from '@rlm-bridge/usage';
import type { RLMPartialResult, RLMResult } from 'rlm-bridge';
import type { Metrics } from './result.ts';

type Run = Pick<RLMResult<unknown> | RLMPartialResult, 'iterations' | 'subCalls' | 'costUsd' | 'usage'>;

/** Adds up what runs used. */
export class MetricsFold {
  #iterations = 0;
  #subCalls = 0;
  #costUsd: number | null = 0;
  #cachedWorkers = 0;
  #total: Tokens = NO_TOKENS;
  #finishReasons = noFinishReasons();
  readonly #byModel: Metrics['usage']['byModel'] = {};

  add({ iterations, subCalls, costUsd, usage }: Run): void {
    this.#iterations += iterations;
    this.#subCalls += subCalls;
    this.#costUsd = addUsd(this.#costUsd, costUsd);
    this.#total = plusTokens(this.#total, usage);
    this.#finishReasons = plusFinishReasons(this.#finishReasons, usage.finishReasons);
    for (const [model, used] of Object.entries(usage.byModel)) {
      const sum = this.#byModel[model] ?? { ...NO_TOKENS, costUsd: 0 };
      this.#byModel[model] = { ...plusTokens(sum, used), costUsd: addUsd(sum.costUsd, used.costUsd) };
    }
  }

  addCached(): void {
    this.#cachedWorkers += 1;
  }

  metrics(durationMs: number): Metrics {
    return {
      iterations: this.#iterations,
      subCalls: this.#subCalls,
      costUsd: this.#costUsd,
      durationMs,
      usage: { ...this.#total, finishReasons: { ...this.#finishReasons }, byModel: this.#byModel },
      cachedWorkers: this.#cachedWorkers,
    };
  }
}
