import type { RLMEvent } from '../api/events.ts';

/** What one run keeps for iterators that are behind, in characters of text. */
const MAX_KEPT_CHARS = 32_000_000;

/** What all runs that go on keep together: each at most its share of it. */
const MAX_KEPT_IN_ALL_CHARS = 256_000_000;

/** What an event counts beside its texts. */
const EVENT_CHARS = 500;

/**
 * Keeps a run's events. Every iterator gets all of them from the first on, and ends when the log is closed. What is kept is
 * bounded: when there is more, the older half goes, and an iterator that has not read it is told in its place.
 */
export class EventLog {
  /** Logs that are not closed. */
  static #open = 0;
  readonly #maxChars: number;
  #kept: { event: RLMEvent; chars: number }[] = [];
  #chars = 0;
  /** How many events were dropped: the place of the first that is kept. */
  #dropped = 0;
  #closed = false;
  #changed = Promise.withResolvers<void>();

  constructor(maxChars = MAX_KEPT_CHARS) {
    this.#maxChars = maxChars;
    EventLog.#open += 1;
  }

  push(event: RLMEvent): void {
    const chars = EVENT_CHARS + textCharsOf(event);
    this.#kept.push({ event, chars });
    this.#chars += chars;
    const share = Math.min(this.#maxChars, MAX_KEPT_IN_ALL_CHARS / EventLog.#open);
    if (this.#chars > share) this.#dropOlder(share / 2);
    this.#wake();
  }

  close(): void {
    if (!this.#closed) EventLog.#open -= 1;
    this.#closed = true;
    this.#wake();
  }

  async *iterate(): AsyncGenerator<RLMEvent, void, undefined> {
    for (let next = 0; ; ) {
      while (next < this.#dropped + this.#kept.length) {
        const missed = this.#dropped - next;
        const kept = this.#kept[Math.max(0, -missed)];
        if (kept === undefined) break;
        next += missed > 0 ? missed : 1;
        yield missed > 0 ? leftOut(missed, kept.event) : kept.event;
      }
      if (this.#closed) return;
      await this.#changed.promise;
    }
  }

  /** The newest event always stays: it may be the last. */
  #dropOlder(maxChars: number): void {
    let dropped = 0;
    while (this.#chars > maxChars && dropped < this.#kept.length - 1) {
      this.#chars -= this.#kept[dropped]?.chars ?? 0;
      dropped += 1;
    }
    this.#kept = this.#kept.slice(dropped);
    this.#dropped += dropped;
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}

function leftOut(count: number, { runId, at }: RLMEvent): RLMEvent {
  const message = `${count === 1 ? '1 event was' : `${count} events were`} left out here: not read in time, and no more can be kept.`;
  return { type: 'log', runId, at, level: 'warning', message };
}

function textCharsOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((sum, part) => sum + textCharsOf(part), 0);
}
