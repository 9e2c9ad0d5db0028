import type { RLMPartialResult, RLMResult } from 'rlm-bridge';
import type { Metrics } from './result.ts';
import { FINISH_REASONS } from './terms.ts';

type Run = Pick<RLMResult<unknown> | RLMPartialResult, 'iterations' | 'subCalls' | 'costUsd' | 'usage'>;

/** Adds up what runs used. */
export class MetricsFold {
  #iterations = 0;
  #subCalls = 0;
  #costUsd: number | null = 0;
  #cachedWorkers = 0;
  readonly #total = noTokens();
  readonly #finishReasons: Metrics['usage']['finishReasons'] = {
    stop: 0,
    length: 0,
    refused: 0,
    empty: 0,
    broken: 0,
    unsupported: 0,
  };
  readonly #byModel: Metrics['usage']['byModel'] = {};

  add({ iterations, subCalls, costUsd, usage }: Run): void {
    this.#iterations += iterations;
    this.#subCalls += subCalls;
    this.#costUsd = plus(this.#costUsd, costUsd);
    addTokens(this.#total, usage);
    for (const reason of FINISH_REASONS) this.#finishReasons[reason] += usage.finishReasons[reason];
    for (const [model, used] of Object.entries(usage.byModel)) {
      const sum = this.#byModel[model] ?? { ...noTokens(), costUsd: 0 };
      this.#byModel[model] = sum;
      addTokens(sum, used);
      sum.costUsd = plus(sum.costUsd, used.costUsd);
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

type Tokens = Omit<Metrics['usage'], 'byModel' | 'finishReasons'>;

function noTokens(): Tokens {
  return { calls: 0, inputTokens: 0, outputTokens: 0, cachedInputTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 };
}

function addTokens(sum: Tokens, more: Tokens): void {
  for (const name of Object.keys(noTokens()) as (keyof Tokens)[]) sum[name] += more[name];
}

/** A sum of US dollars, added up in whole pico-dollars as the runs' own sums are. Unknown plus anything is unknown. */
function plus(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : (Math.round(a * 1e12) + Math.round(b * 1e12)) / 1e12;
}
