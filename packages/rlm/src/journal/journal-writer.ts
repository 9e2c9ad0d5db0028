import type { JournalRecord } from '@rlm-bridge/protocol';
import { RLMError } from '../api/errors.ts';
import type { RunLease } from '../api/run-store.ts';
import type { JournalCodec } from './journal-codec.ts';
import { eventOf } from './told-event.ts';

type Without<R, K extends PropertyKey> = R extends unknown ? Omit<R, K> : never;

/** A record without what its place in the journal gives it. */
export type RecordBody = Without<JournalRecord, 'n' | 'at'>;

interface Waiting {
  bodies: readonly RecordBody[];
  at: number;
  written: PromiseWithResolvers<void>;
}

/** Writes the records of one run, in the order in which they are given; what waits at the same time is written together. */
export class JournalWriter {
  readonly #lease: RunLease;
  readonly #codec: JournalCodec;
  readonly #failed = new AbortController();
  /** The number of the next record. */
  #next: number;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;

  /** `codec` has read the `records` that are there. */
  constructor(lease: RunLease, codec: JournalCodec, records: number) {
    this.#lease = lease;
    this.#codec = codec;
    this.#next = records;
    lease.lost.addEventListener('abort', () => this.#fail(lease.lost.reason), { once: true });
    if (lease.lost.aborted) this.#fail(lease.lost.reason);
  }

  /** Aborts, with an RLMError, when something cannot be written: from then on nothing is. */
  get failed(): AbortSignal {
    return this.#failed.signal;
  }

  /** Resolves when the records are in the store. @throws {RLMError} (as a rejection) `store_failed`, `lease_lost` */
  append(...bodies: readonly RecordBody[]): Promise<void> {
    return this.appendAt(Date.now(), bodies);
  }

  /** The same of what happened at another time; an event has its own. */
  appendAt(at: number, bodies: readonly RecordBody[]): Promise<void> {
    const written = Promise.withResolvers<void>();
    this.#waiting.push({ bodies, at, written });
    this.#writing ??= this.#write();
    // Who only tells does not wait; `failed` tells of it.
    written.promise.catch(() => {});
    return written.promise;
  }

  /** Resolves when all that was given is written, or cannot be. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    // Whatever is given in the same turn goes into one append.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        this.#failed.signal.throwIfAborted();
        await this.#lease.append(await this.#linesOf(batch));
        for (const { written } of batch) written.resolve();
      } catch (error) {
        this.#fail(error);
        for (const { written } of batch) written.reject(this.#failed.signal.reason);
      }
    }
    this.#writing = undefined;
  }

  /** The blobs of lines are kept before them. */
  async #linesOf(batch: readonly Waiting[]): Promise<string[]> {
    const lines: string[] = [];
    for (const { bodies, at } of batch) {
      for (const body of bodies) {
        const { line, blobs } = this.#codec.encode(recordOf(body, this.#next, at));
        for (const text of blobs.values()) await this.#lease.putBlob(bytesOf(text));
        lines.push(line);
        this.#next += 1;
      }
    }
    return lines;
  }

  #fail(reason: unknown): void {
    const advice = 'The journal could not be written';
    const failure = RLMError.isInstance(reason)
      ? reason
      : new RLMError('store_failed', `${advice}: ${reason instanceof Error ? reason.message : String(reason)}`);
    this.#failed.abort(failure);
  }
}

function recordOf({ record, ...rest }: RecordBody, n: number, at: number): JournalRecord {
  const body = { record, n, at, ...rest } as JournalRecord;
  return { ...body, at: eventOf(body)?.at ?? at };
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
