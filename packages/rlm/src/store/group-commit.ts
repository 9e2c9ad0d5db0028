import { setImmediate as turn } from 'node:timers/promises';

/** One write takes no more than this, so that no two copies of very much are held. */
const BATCH_BYTES = 4 * 1024 * 1024;

interface Waiting {
  bytes: Uint8Array;
  resolve(): void;
  reject(reason: unknown): void;
}

/** Writes in the order of the calls, one at a time: those that wait for the one before are written together. */
export class GroupCommit {
  readonly #write: (bytes: Uint8Array) => Promise<void>;
  readonly #isDear: boolean;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #failure: { reason: unknown } | undefined;

  /**
   * @param write Once it has failed, nothing is written any more.
   * @param isDear Whether a write takes so long that what is told in the same turn of the event loop is waited for.
   */
  constructor(write: (bytes: Uint8Array) => Promise<void>, isDear: boolean) {
    this.#write = write;
    this.#isDear = isDear;
  }

  /** @throws (as a rejection) what `write` threw, for this or an earlier call, or the reason of `close`. */
  add(bytes: Uint8Array): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure.reason);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ bytes, resolve, reject });
    this.#writing ??= this.#writeAll();
    return promise;
  }

  /** Takes nothing more, for this reason unless there is one already; resolves once all that waits is written. */
  async close(reason: unknown): Promise<void> {
    this.#failure ??= { reason };
    await this.#writing;
  }

  /** Takes nothing more, and what waits fails too. */
  fail(reason: unknown): void {
    this.#failure ??= { reason };
    for (const { reject } of this.#waiting.splice(0)) reject(reason);
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Whoever waited for the one before may have more to write, and says so in this turn.
      if (this.#isDear) await turn();
      const batch = this.#takeBatch();
      try {
        await this.#write(Buffer.concat(batch.map(({ bytes }) => bytes)));
        for (const { resolve } of batch) resolve();
      } catch (reason) {
        this.fail(reason);
        for (const { reject } of batch) reject(reason);
      }
    }
    this.#writing = undefined;
  }

  #takeBatch(): Waiting[] {
    let [count, size] = [0, 0];
    do size += this.#waiting[count++]?.bytes.length ?? 0;
    while (count < this.#waiting.length && size < BATCH_BYTES);
    return this.#waiting.splice(0, count);
  }
}
