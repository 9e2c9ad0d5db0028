import { availableParallelism } from 'node:os';
import { abortable } from '../signals/abortable.ts';
import { place } from './placement.ts';
import { PooledWorker, type WorkerFactory } from './pooled-worker.ts';
import type { WorkerProcess } from './worker-process.ts';

/** Most Python workers at once, unless `RLM_MAX_WORKERS` or {@link configureWorkers} says otherwise. */
export const DEFAULT_MAX_WORKERS = 10;

/** Most runs at once in a worker that they share. */
export const DEFAULT_RUNS_PER_WORKER = 128;

/** How long an unused worker is kept warm, in milliseconds. */
export const DEFAULT_IDLE_MS = 60_000;

/** Two processes do Python's work at once where there is but one processor: one of them may be at its garbage. */
const LEAST_PROCESSORS = 2;

export interface PoolSettings {
  max: number;
  runsPerWorker: number;
  idleMs: number;
}

/** A place in a worker, until it is given back. */
export interface WorkerLease {
  readonly worker: WorkerProcess;
  /** Gives the place back, and keeps the worker warm when it is idle. Idempotent. */
  end(): void;
}

interface Waiter {
  factory: WorkerFactory;
  seated(seat: PooledWorker): void;
}

/**
 * Hands out places in workers: runs share those that have the least to do, sessions and runs that share with nobody have one
 * of their own. Waits, first come first served, when every worker is full; keeps unused ones warm.
 */
export class WorkerPool {
  readonly #settings: PoolSettings;
  readonly #seats = new Set<PooledWorker>();
  readonly #waiting = new Set<Waiter>();

  constructor(settings: PoolSettings) {
    this.#settings = { ...settings };
  }

  configure(settings: Partial<PoolSettings>): void {
    Object.assign(this.#settings, settings);
    this.#seatWaiting();
  }

  /** Runs `use` with a place in a worker. `signal` gives up waiting for one; during `use` it is the user's matter. */
  async withWorker<T>(
    factory: WorkerFactory,
    signal: AbortSignal,
    use: (worker: WorkerProcess) => Promise<T>,
  ): Promise<T> {
    const lease = await this.lease(factory, signal);
    try {
      return await use(lease.worker);
    } finally {
      lease.end();
    }
  }

  /** A place in a worker for as long as it is wanted. `signal` gives up waiting for one. */
  async lease(factory: WorkerFactory, signal: AbortSignal): Promise<WorkerLease> {
    signal.throwIfAborted();
    for (;;) {
      const seat = await this.#seat(factory, signal);
      let worker: WorkerProcess | undefined;
      try {
        worker = await abortable(seat.answering, signal);
      } finally {
        if (worker === undefined) this.#giveBack(seat);
      }
      if (worker !== undefined) return { worker, end: once(() => this.#giveBack(seat)) };
    }
  }

  /** Ends idle workers; resolves when they, and those already on their way out, are gone. */
  async close(): Promise<void> {
    const leaving = [...this.#seats].filter(({ leases, isLeaving }) => leases === 0 || isLeaving);
    await Promise.all(leaving.map((seat) => seat.stop()));
  }

  async #seat(factory: WorkerFactory, signal: AbortSignal): Promise<PooledWorker> {
    const { promise, resolve } = Promise.withResolvers<PooledWorker>();
    const waiter: Waiter = { factory, seated: resolve };
    this.#waiting.add(waiter);
    this.#seatWaiting();
    try {
      return await abortable(promise, signal);
    } catch (error) {
      // It may have been seated in the same instant.
      if (!this.#waiting.delete(waiter)) void promise.then((seat) => this.#giveBack(seat));
      throw error;
    }
  }

  /** Nobody overtakes: who wants a worker alone would wait for ever. */
  #seatWaiting(): void {
    for (const waiter of this.#waiting) {
      const seat = this.#place(waiter.factory);
      if (seat === undefined) return;
      this.#waiting.delete(waiter);
      seat.take(waiter.factory.alone);
      waiter.seated(seat);
    }
  }

  #place(factory: WorkerFactory): PooledWorker | undefined {
    const { max, runsPerWorker } = this.#settings;
    const limits = { max, runsPerWorker, processors: Math.max(LEAST_PROCESSORS, availableParallelism()) };
    const placed = place(factory, this.#seats, limits);
    if (placed === 'later') return undefined;
    return placed === 'new' ? this.#start(factory) : placed;
  }

  #start(factory: WorkerFactory): PooledWorker {
    const open = [...this.#seats].filter(({ isOpen }) => isOpen);
    if (open.length >= this.#settings.max) void open.find(({ leases }) => leases === 0)?.stop();
    const seat = new PooledWorker(factory);
    this.#seats.add(seat);
    void seat.unfit.then(() => {
      if (seat.leases === 0) void seat.stop();
      this.#seatWaiting();
    });
    void seat.gone.then(() => this.#seats.delete(seat));
    return seat;
  }

  #giveBack(seat: PooledWorker): void {
    seat.giveBack(this.#settings.idleMs);
    this.#seatWaiting();
  }
}

function once(action: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) action();
    isDone = true;
  };
}
