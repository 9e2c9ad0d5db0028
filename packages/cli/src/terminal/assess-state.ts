import type { AssessEvent } from '@rlm-bridge/assess';
import { counted } from '@rlm-bridge/text';
import { inFlags, workerInFlags } from '../exit/flag-words.ts';

/** How far an assessment is, as its events tell it: who is judged, what the others are doing, what was paid. */
export class AssessState {
  readonly #workers: number;
  readonly #doing = new Map<string, string>();
  /** US dollars of each run that judges and each second look so far, as far as prices are known. */
  readonly #costs = new Map<string, { usd: number; isWhole: boolean }>();
  #judged = 0;

  constructor(workers: number) {
    this.#workers = workers;
  }

  /** Takes an event, and says what it means for a person; null: nothing that one waits for. */
  take(event: AssessEvent): string | null {
    const status = describe(event);
    if (event.type === 'worker.completed') {
      this.#judged += 1;
      this.#doing.delete(event.workerId);
    } else if (status !== null) {
      this.#doing.set(event.workerId, status);
    }
    this.#takeCost(event);
    return status;
  }

  /** `3 of 12 workers judged, $0.0321`. */
  get totals(): string {
    return `${this.#judged} of ${counted(this.#workers, 'worker')} judged, ${this.#cost()}`;
  }

  /** What is being done: `auth: sample 1, iteration 3 | docs: reading the work`. */
  get doing(): string {
    return [...this.#doing].map(([worker, what]) => `${worker}: ${what}`).join(' | ');
  }

  #takeCost(event: AssessEvent): void {
    const usd = costOf(event);
    const run =
      'sample' in event
        ? [event.sample, event.reading?.number ?? null]
        : 'findingId' in event
          ? [event.findingId]
          : undefined;
    if (usd === undefined || run === undefined) return;
    const key = JSON.stringify([event.workerId, ...run]);
    const before = this.#costs.get(key)?.usd ?? 0;
    this.#costs.set(key, { usd: usd ?? before, isWhole: usd !== null });
  }

  #cost(): string {
    const costs = [...this.#costs.values()];
    const known = `$${costs.reduce((sum, { usd }) => sum + usd, 0).toFixed(4)}`;
    return costs.every(({ isWhole }) => isWhole) ? known : `at least ${known}`;
  }
}

/** What the event's run cost so far; null: a price is unknown, undefined: it does not say. */
function costOf(event: AssessEvent): number | null | undefined {
  if (event.type === 'sample.completed') return event.costUsd;
  if (event.type === 'verification.completed') return event.verification.costUsd;
  if ((event.type !== 'sample.event' && event.type !== 'verification.event') || event.event.type !== 'call.completed')
    return undefined;
  return event.event.totals.costUsd;
}

/** `sample 1`, `sample 1, reading 3 of 42` */
function runText({ sample, reading }: Extract<AssessEvent, { sample: number }>): string {
  return reading ? `sample ${sample}, reading ${reading.number} of ${reading.of}` : `sample ${sample}`;
}

function describe(event: AssessEvent): string | null {
  switch (event.type) {
    case 'worker.started':
      return 'reading the work';
    case 'evidence.collected':
      return `${counted(event.files, 'file')}, ${counted(event.chars, 'character')}`;
    case 'readings.planned':
      return `${counted(event.toMake, 'reading')} to make, ${event.kept} kept`;
    case 'sample.started':
      return `judging, ${runText(event)}`;
    case 'sample.event':
      return event.event.type === 'iteration.started' && event.event.depth === 0
        ? `${runText(event)}, iteration ${event.event.iteration}`
        : null;
    case 'sample.completed':
      if (event.error !== null) return inFlags(event.error);
      return event.costUsd === null ? 'judged, cost unknown' : `judged, $${event.costUsd.toFixed(4)}`;
    case 'verification.started':
      return 'a second look';
    case 'verification.event':
    case 'verification.completed':
      return null;
    case 'worker.cached':
      return 'judged before';
    case 'worker.completed':
      return `${event.assessment.verdict.replaceAll('_', ' ')}: ${workerInFlags(event.assessment).reason}`;
  }
}
