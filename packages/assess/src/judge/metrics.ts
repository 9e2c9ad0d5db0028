import { addUsd } from '@rlm-bridge/usage';
import type { Metrics } from '../api/result.ts';
import { type Bill, noUsage, plusUsage } from './bill.ts';

/** Adds up what runs used. */
export class MetricsFold {
  /** By the ids of the runs: the bill of one that goes on is that of all its lives, and takes the place of the earlier. */
  readonly #bills = new Map<string, Bill>();
  #earlier: Metrics['earlier'] = { runs: 0, calls: 0, costUsd: 0 };
  #cachedWorkers = 0;
  #readings: Metrics['readings'] = { kept: 0, made: 0 };

  /** A run that was ended before it had taken up its earlier lives knows less of them than is known already. */
  add({ runId, iterations, subCalls, costUsd, usage, environment }: Bill): void {
    const known = this.#bills.get(runId);
    if (known !== undefined && known.usage.calls > usage.calls) return;
    this.#bills.set(runId, { runId, iterations, subCalls, costUsd, usage, environment });
  }

  /** What earlier calls of the assessment used. */
  addEarlier(bill: Bill): void {
    this.add(bill);
    const { runs, calls, costUsd } = this.#earlier;
    this.#earlier = {
      runs: runs + 1,
      calls: calls + bill.usage.calls,
      costUsd: addUsd(costUsd, bill.costUsd),
    };
  }

  addReadings({ kept, made }: Metrics['readings']): void {
    this.#readings = { kept: this.#readings.kept + kept, made: this.#readings.made + made };
  }

  addCached(): void {
    this.#cachedWorkers += 1;
  }

  metrics(durationMs: number): Metrics {
    const bills = [...this.#bills.values()];
    return {
      iterations: bills.reduce((sum, { iterations }) => sum + iterations, 0),
      subCalls: bills.reduce((sum, { subCalls }) => sum + subCalls, 0),
      costUsd: bills.reduce<number | null>((sum, { costUsd }) => addUsd(sum, costUsd), 0),
      durationMs,
      usage: bills.reduce((sum, { usage }) => plusUsage(sum, usage), noUsage()),
      environments: environmentsOf(bills),
      cachedWorkers: this.#cachedWorkers,
      readings: this.#readings,
      earlier: this.#earlier,
    };
  }
}

/** A run that completed no iteration has run no code. */
function environmentsOf(bills: readonly Bill[]): string[] {
  const used = bills.filter(({ iterations }) => iterations > 0).flatMap(({ environment }) => environment ?? []);
  return [...new Set(used)].sort();
}
