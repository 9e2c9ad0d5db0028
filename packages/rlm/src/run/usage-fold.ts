import type { WorkerEvent } from '@rlm-bridge/protocol';
import { isSubCall, NO_TOKENS, noFinishReasons, plusTokens, type Tokens, toPicoUsd, toUsd } from '@rlm-bridge/usage';
import type { RLMModelUsage, RLMUsage } from '../api/usage.ts';

type CallCompleted = Extract<WorkerEvent, { type: 'call.completed' }>;

type CallStarted = Extract<WorkerEvent, { type: 'call.started' }>;

type Sum = Tokens & { picoUsd: bigint | null };

/** Names in a bill that a model could have made up are not kept without end. */
const MAX_MODELS = 1_000;

const OTHER_MODELS = 'other models';

/** Adds up calls as they end, and keeps none. Money is summed in whole pico-dollars, so sums are exact and independent of order. */
export class UsageFold {
  readonly #open = new Map<string, { model: string; isSubCall: boolean }>();
  readonly #byModel = new Map<string, Sum>();
  readonly #finishReasons = noFinishReasons();
  #total = zero();
  #subCalls = 0;
  #abandoned = 0;

  start(event: CallStarted): void {
    this.#open.set(event.call, { model: event.model, isSubCall: isSubCall(event) });
  }

  notMade(call: string): void {
    this.#open.delete(call);
  }

  complete(event: CallCompleted): void {
    this.#open.delete(event.call);
    this.#total = plus(this.#total, event);
    const model = this.#nameOf(event.model, this.#byModel);
    this.#byModel.set(model, plus(this.#byModel.get(model) ?? zero(), event));
    if (isSubCall(event)) this.#subCalls += 1;
    if (isAbandoned(event)) this.#abandoned += 1;
    if (event.finishReason !== null) this.#finishReasons[event.finishReason] += 1;
  }

  get subCalls(): number {
    return this.#subCalls + [...this.#open.values()].filter((call) => call.isSubCall).length;
  }

  get costUsd(): number | null {
    return this.#open.size > 0 ? null : toUsd(this.#total.picoUsd);
  }

  usage(priceTable: string): RLMUsage {
    // A call without an end was in flight when its worker died.
    const total = { ...this.#total, calls: this.#total.calls + this.#open.size };
    const sums = new Map(this.#byModel);
    for (const { model } of this.#open.values()) {
      const name = this.#nameOf(model, sums);
      const sum = sums.get(name) ?? zero();
      sums.set(name, { ...sum, calls: sum.calls + 1, picoUsd: null });
    }
    const byModel = Object.fromEntries([...sums].map(([model, sum]) => [model, toModelUsage(sum)]));
    const { costUsd: _, ...tokens } = toModelUsage(total);
    const abandonedCalls = this.#abandoned + this.#open.size;
    return { ...tokens, abandonedCalls, finishReasons: { ...this.#finishReasons }, byModel, priceTable };
  }

  #nameOf(model: string, sums: ReadonlyMap<string, Sum>): string {
    return sums.has(model) || sums.size < MAX_MODELS ? model : OTHER_MODELS;
  }
}

function plus(sum: Sum, call: CallCompleted): Sum {
  const picoUsd = sum.picoUsd === null || call.costUsd === null ? null : sum.picoUsd + toPicoUsd(call.costUsd);
  return { ...plusTokens(sum, { ...call, calls: 1 }), picoUsd };
}

function isAbandoned({ costUsd, outcome }: CallCompleted): boolean {
  return outcome !== 'succeeded' && costUsd === null;
}

function toModelUsage({ picoUsd, ...tokens }: Sum): RLMModelUsage {
  return { ...tokens, costUsd: toUsd(picoUsd) };
}

function zero(): Sum {
  return { ...NO_TOKENS, picoUsd: 0n };
}
