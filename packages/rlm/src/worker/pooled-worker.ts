import type { Seat } from './placement.ts';
import { PING_TIMEOUT_MS } from './policy.ts';
import type { WorkerProcess } from './worker-process.ts';

/** How to get a worker; workers of one key are interchangeable. */
export interface WorkerFactory {
  key: string;
  /** Whoever leases it shares it with nobody meanwhile. */
  alone: boolean;
  start(signal: AbortSignal): Promise<WorkerProcess>;
}

/** A worker in the pool, from the decision to start it until nothing of it is left. */
export class PooledWorker implements Seat {
  readonly key: string;
  leases = 0;
  isAlone = false;
  /** The worker, once it is there; undefined when it is not, though it was. Rejects when it cannot be started. */
  answering: Promise<WorkerProcess | undefined>;
  /** It is to be given no other run. */
  readonly unfit: Promise<void>;
  readonly gone: Promise<void>;
  readonly #givenUp = new AbortController();
  readonly #becomeUnfit: () => void;
  #worker: WorkerProcess | undefined;
  #isClosed = false;
  #expiry: NodeJS.Timeout | undefined;

  constructor(factory: WorkerFactory) {
    this.key = factory.key;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.unfit = promise;
    this.#becomeUnfit = resolve;
    const started = factory.start(this.#givenUp.signal);
    this.answering = started.then((worker) => this.#onStarted(worker));
    this.answering.catch(() => {}); // whoever waits for it hears of it
    this.gone = started.then(
      async (worker) => void (await worker.exited),
      () => this.#close(),
    );
  }

  get isOpen(): boolean {
    return !this.#isClosed;
  }

  get isLeaving(): boolean {
    return this.#worker?.state === 'stopping';
  }

  take(alone: boolean): void {
    clearTimeout(this.#expiry);
    const wasIdle = this.leases === 0;
    this.#lease(this.leases + 1);
    this.isAlone = alone;
    this.#worker?.ref();
    if (this.#worker !== undefined && wasIdle) this.answering = this.#asked(this.#worker);
  }

  giveBack(idleMs: number): void {
    this.#lease(this.leases - 1);
    if (this.leases > 0) return;
    this.isAlone = false;
    if (this.#isClosed || this.#worker?.isIdle !== true) return void this.stop();
    this.#worker.unref();
    this.#expiry = setTimeout(() => void this.stop(), idleMs).unref();
  }

  /** Resolves when nothing of it is left. */
  async stop(): Promise<void> {
    this.#close();
    this.#givenUp.abort();
    await this.#worker?.stop();
    await this.gone;
  }

  /** It was idle, and may have gone without a word. */
  async #asked(worker: WorkerProcess): Promise<WorkerProcess | undefined> {
    try {
      await worker.ping(AbortSignal.timeout(PING_TIMEOUT_MS));
      return worker;
    } catch {
      void this.stop();
      return undefined;
    }
  }

  #lease(leases: number): void {
    this.leases = leases;
    if (this.#worker !== undefined) this.#worker.leases = leases;
  }

  #onStarted(worker: WorkerProcess): WorkerProcess {
    this.#worker = worker;
    worker.leases = this.leases;
    if (worker.unfit.aborted) this.#close();
    worker.unfit.addEventListener('abort', () => this.#close(), { once: true });
    return worker;
  }

  #close(): void {
    clearTimeout(this.#expiry);
    this.#isClosed = true;
    this.#becomeUnfit();
  }
}
