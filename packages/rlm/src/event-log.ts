import type { RLMEvent } from './events.ts';

/** Keeps a run's events. Every iterator gets all of them from the first on, and ends when the log is closed. */
export class EventLog {
  readonly #events: RLMEvent[] = [];
  #closed = false;
  #changed = Promise.withResolvers<void>();

  push(event: RLMEvent): void {
    this.#events.push(event);
    this.#wake();
  }

  close(): void {
    this.#closed = true;
    this.#wake();
  }

  async *iterate(): AsyncGenerator<RLMEvent, void, undefined> {
    for (let next = 0; ; ) {
      while (next < this.#events.length) {
        const event = this.#events[next++];
        if (event !== undefined) yield event;
      }
      if (this.#closed) return;
      await this.#changed.promise;
    }
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}
