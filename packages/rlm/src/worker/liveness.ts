import { PING_EVERY_MS, SILENT_ROUNDS } from './policy.ts';

/**
 * Tells a worker that does not answer from a busy one, while it is watched: its main thread reads lines and does nothing
 * else, so that it answers a ping whatever its runs do. Anything that it says is a sign of life.
 */
export class Liveness {
  readonly #ping: () => void;
  readonly #onSilent: () => void;
  #rounds: NodeJS.Timeout | undefined;
  #silent = 0;

  constructor(ping: () => void, onSilent: () => void) {
    this.#ping = ping;
    this.#onSilent = onSilent;
  }

  heard(): void {
    this.#silent = 0;
  }

  /** Idempotent. */
  watch(): void {
    // Rounds are counted, not time: a host that was busy, or asleep, has not listened either.
    this.#rounds ??= setInterval(() => this.#round(), PING_EVERY_MS).unref();
  }

  rest(): void {
    clearInterval(this.#rounds);
    this.#rounds = undefined;
    this.#silent = 0;
  }

  #round(): void {
    this.#silent += 1;
    if (this.#silent <= SILENT_ROUNDS) {
      this.#ping();
    } else {
      this.rest();
      this.#onSilent();
    }
  }
}
