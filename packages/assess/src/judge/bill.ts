import { addUsd, isSubCall, NO_TOKENS, noFinishReasons, plusFinishReasons, plusTokens } from '@rlm-bridge/usage';
import type { RLMEvent } from 'rlm-bridge';
import type { Metrics } from '../api/result.ts';

type Usage = Metrics['usage'];

/** What a run used. */
export interface Bill {
  runId: string;
  iterations: number;
  subCalls: number;
  /** US dollars; null when the price of any call is unknown. */
  costUsd: number | null;
  usage: Usage;
  /** Where code of its models ran; null: none did, or nobody knows. */
  environment: string | null;
}

export function noUsage(): Usage {
  return { ...NO_TOKENS, finishReasons: noFinishReasons(), byModel: {} };
}

export function plusUsage(a: Usage, b: Usage): Usage {
  const byModel = { ...a.byModel };
  for (const [model, used] of Object.entries(b.byModel)) {
    const sum = byModel[model] ?? { ...NO_TOKENS, costUsd: 0 };
    byModel[model] = { ...plusTokens(sum, used), costUsd: addUsd(sum.costUsd, used.costUsd) };
  }
  return { ...plusTokens(a, b), finishReasons: plusFinishReasons(a.finishReasons, b.finishReasons), byModel };
}

/** The bill of a run by its events: of one that a store has, before it goes on or gives its result. */
export class BillFold {
  readonly #runId: string;
  /** By their names. One without an end was in flight when its process died, and may be billed. */
  readonly #calls = new Map<string, Omit<Bill, 'runId' | 'iterations' | 'environment'>>();
  #iterations = 0;
  #environment: string | null = null;

  constructor(runId: string) {
    this.#runId = runId;
  }

  note(event: RLMEvent): void {
    if (event.type === 'iteration.completed' && event.depth === 0) this.#iterations = event.iteration;
    if (event.type === 'environment.started') this.#environment = event.environment;
    if (event.type !== 'call.started' && event.type !== 'call.completed') return;
    const subCalls = isSubCall(event) ? 1 : 0;
    const isOver = event.type === 'call.completed';
    const costUsd = isOver ? event.costUsd : null;
    const tokens = plusTokens(NO_TOKENS, { ...NO_TOKENS, ...(isOver && event), calls: 1 });
    const finishReasons = noFinishReasons();
    if (isOver && event.finishReason !== null) finishReasons[event.finishReason] += 1;
    const usage = { ...tokens, finishReasons, byModel: { [event.model]: { ...tokens, costUsd } } };
    this.#calls.set(event.call, { subCalls, costUsd, usage });
  }

  get bill(): Bill {
    const calls = [...this.#calls.values()];
    return {
      runId: this.#runId,
      iterations: this.#iterations,
      subCalls: calls.reduce((sum, call) => sum + call.subCalls, 0),
      costUsd: calls.reduce<number | null>((sum, call) => addUsd(sum, call.costUsd), 0),
      usage: calls.reduce((sum, call) => plusUsage(sum, call.usage), noUsage()),
      environment: this.#environment,
    };
  }

  /** US dollars of the calls whose price is known. */
  get knownUsd(): number {
    return [...this.#calls.values()].reduce((sum, call) => addUsd(sum, call.costUsd ?? 0) ?? sum, 0);
  }
}
