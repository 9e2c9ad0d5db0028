import { given } from '@rlm-bridge/options';
import { show } from '@rlm-bridge/text';
import PQueue from 'p-queue';
import { RLMError } from '../api/errors.ts';
import { setWorkerFolder } from '../python/worker-source.ts';
import { PING_TIMEOUT_MS } from './policy.ts';
import type { WorkerProcess } from './worker-process.ts';

/** Most Python workers at once, unless `RLM_MAX_WORKERS` or {@link configureWorkers} says otherwise. */
export const DEFAULT_MAX_WORKERS = 10;

/** How long an unused worker is kept warm, in milliseconds. */
export const DEFAULT_IDLE_MS = 60_000;

/** How to get a worker; workers of one key are interchangeable. */
export interface WorkerFactory {
  key: string;
  start(signal: AbortSignal): Promise<WorkerProcess>;
}

interface IdleWorker {
  key: string;
  worker: WorkerProcess;
  expiry: NodeJS.Timeout;
}

/** A worker of one's own, until it is given back. */
export interface WorkerLease {
  readonly worker: WorkerProcess;
  /** Frees its slot, and keeps the worker warm when it is idle. Idempotent. */
  end(): void;
}

/** Hands out workers, one run or session each: waits when all slots are taken, and keeps unused workers warm. */
export class WorkerPool {
  readonly #slots: PQueue;
  readonly #live = new Set<WorkerProcess>();
  #idle: IdleWorker[] = [];
  #idleMs = DEFAULT_IDLE_MS;

  constructor(max: number) {
    this.#slots = new PQueue({ concurrency: max });
  }

  configure({ max, idleMs }: { max?: number; idleMs?: number }): void {
    if (max !== undefined) this.#slots.concurrency = max;
    if (idleMs !== undefined) this.#idleMs = idleMs;
  }

  /** Runs `use` with a worker of its own. `signal` gives up waiting for one; during `use` it is the user's matter. */
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

  /** A worker for as long as it is wanted. `signal` gives up waiting for one. */
  async lease(factory: WorkerFactory, signal: AbortSignal): Promise<WorkerLease> {
    const release = await this.#takeSlot(signal);
    try {
      const worker = (await this.#takeAnswering(factory.key, signal)) ?? (await this.#start(factory, signal));
      let isOver = false;
      const end = () => {
        if (isOver) return;
        isOver = true;
        this.#giveBack(factory.key, worker);
        release();
      };
      return { worker, end };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Ends idle workers; resolves when they, and those already on their way out, are gone. */
  async close(): Promise<void> {
    const stopping = [...this.#live].filter(({ state }) => state === 'stopping');
    const leaving = [...this.#idle.map(({ worker }) => worker), ...stopping];
    for (const worker of leaving) this.#forget(worker);
    await Promise.all(leaving.map((worker) => worker.stop()));
  }

  async #takeSlot(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    // The queue would free the slot of a running task whose signal aborts, so it only sees aborts of waiting ones.
    const waiting = new AbortController();
    const onAbort = () => waiting.abort(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await new Promise<() => void>((resolve, reject) => {
        const hold = () => new Promise<void>((release) => resolve(release));
        this.#slots.add(hold, { signal: waiting.signal }).catch(reject);
      });
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** An idle worker that is there: one whose last run did not unwind is on its way out, and has not said so. */
  async #takeAnswering(key: string, signal: AbortSignal): Promise<WorkerProcess | undefined> {
    for (;;) {
      const worker = this.#takeIdle(key);
      if (worker === undefined) return undefined;
      try {
        await worker.ping(AbortSignal.any([signal, AbortSignal.timeout(PING_TIMEOUT_MS)]));
        return worker;
      } catch {
        void worker.stop();
        signal.throwIfAborted();
      }
    }
  }

  #takeIdle(key: string): WorkerProcess | undefined {
    const found = this.#idle.find((idle) => idle.key === key && idle.worker.state === 'idle');
    if (found !== undefined) this.#forget(found.worker);
    return found?.worker;
  }

  async #start(factory: WorkerFactory, signal: AbortSignal): Promise<WorkerProcess> {
    // An idle worker of another kind makes room, so that there are never more processes than slots.
    if (this.#live.size >= this.#slots.concurrency) void this.#idle[0]?.worker.stop();
    const worker = await factory.start(signal);
    this.#live.add(worker);
    void worker.exited.then(() => {
      this.#live.delete(worker);
      this.#forget(worker);
    });
    return worker;
  }

  #giveBack(key: string, worker: WorkerProcess): void {
    if (worker.state !== 'idle') return void worker.stop();
    worker.unref();
    const expiry = setTimeout(() => void worker.stop(), this.#idleMs).unref();
    this.#idle.push({ key, worker, expiry });
  }

  #forget(worker: WorkerProcess): void {
    for (const idle of this.#idle) if (idle.worker === worker) clearTimeout(idle.expiry);
    this.#idle = this.#idle.filter((idle) => idle.worker !== worker);
  }
}

let pool: WorkerPool | undefined;

/** The pool of this process. @throws {RLMError} `invalid_options` when `RLM_MAX_WORKERS` is no whole number above 0. */
export function sharedPool(): WorkerPool {
  const given = process.env.RLM_MAX_WORKERS;
  pool ??= new WorkerPool(given ? requireWhole('RLM_MAX_WORKERS', Number(given), 1) : DEFAULT_MAX_WORKERS);
  return pool;
}

/** What {@link configureWorkers} sets; what is left out stays as it is. */
export interface RLMWorkerSettings {
  /** Most Python workers at once; further runs wait. Default: `RLM_MAX_WORKERS`, else 10. */
  max?: number | undefined;
  /** How long an unused worker is kept warm, in milliseconds. Default: 60 000. */
  idleMs?: number | undefined;
  /** The package's folder `worker`, for a bundle that lies elsewhere. Default: `RLM_WORKER_DIR`, else in the package. */
  workerDir?: string | undefined;
}

/**
 * Sets how Python workers are started and kept, for runs of this process from now on.
 * @throws {RLMError} `invalid_options` for a value that cannot be used.
 * @example
 * ```ts
 * configureWorkers({ max: 4, idleMs: 10_000 });
 * ```
 */
export function configureWorkers({ max, idleMs, workerDir }: RLMWorkerSettings): void {
  if (max !== undefined) requireWhole('max', max, 1);
  if (idleMs !== undefined) requireWhole('idleMs', idleMs, 0);
  if (workerDir !== undefined) setWorkerFolder(requirePath('workerDir', workerDir));
  sharedPool().configure(given({ max, idleMs }));
}

/**
 * Ends the workers that are kept warm; resolves when they are gone. Runs are not disturbed. Calling this is never
 * necessary: an unused worker does not keep Node alive and ends with it.
 */
export async function closeWorkers(): Promise<void> {
  await pool?.close();
}

function requireWhole(name: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least && value < 2 ** 31) return value;
  throw new RLMError('invalid_options', `${name} must be a whole number of at least ${least}; it is ${value}.`);
}

function requirePath(name: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new RLMError('invalid_options', `${name} must be a path; it is ${show(value)}.`);
}
