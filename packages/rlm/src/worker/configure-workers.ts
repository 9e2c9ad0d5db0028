import { given } from '@rlm-bridge/options';
import { show } from '@rlm-bridge/text';
import { RLMError } from '../api/errors.ts';
import { setWorkerFolder } from '../python/worker-source.ts';
import { DEFAULT_IDLE_MS, DEFAULT_MAX_WORKERS, DEFAULT_RUNS_PER_WORKER, WorkerPool } from './pool.ts';
import { closeTemplates, keepTemplates } from './template/templates.ts';

let pool: WorkerPool | undefined;

/** The pool of this process. @throws {RLMError} `invalid_options` when `RLM_MAX_WORKERS` is no whole number above 0. */
export function sharedPool(): WorkerPool {
  const given = process.env.RLM_MAX_WORKERS;
  pool ??= new WorkerPool({
    max: given ? requireWhole('RLM_MAX_WORKERS', Number(given), 1) : DEFAULT_MAX_WORKERS,
    runsPerWorker: DEFAULT_RUNS_PER_WORKER,
    idleMs: DEFAULT_IDLE_MS,
  });
  return pool;
}

/** What {@link configureWorkers} sets; what is left out stays as it is. */
export interface RLMWorkerSettings {
  /** Most Python workers at once; runs for which all of them are full wait. Default: `RLM_MAX_WORKERS`, else 10. */
  max?: number | undefined;
  /** Most runs at once in one worker, of those that share it. Default: 128. */
  runsPerWorker?: number | undefined;
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
export function configureWorkers({ max, runsPerWorker, idleMs, workerDir }: RLMWorkerSettings): void {
  if (max !== undefined) requireWhole('max', max, 1);
  if (runsPerWorker !== undefined) requireWhole('runsPerWorker', runsPerWorker, 1);
  if (idleMs !== undefined) requireWhole('idleMs', idleMs, 0);
  if (workerDir !== undefined) setWorkerFolder(requirePath('workerDir', workerDir));
  sharedPool().configure(given({ max, runsPerWorker, idleMs }));
  if (idleMs !== undefined) keepTemplates(idleMs);
}

/**
 * Ends the workers that are kept warm; resolves when they are gone. Runs are not disturbed. Calling this is never
 * necessary: an unused worker does not keep Node alive and ends with it.
 */
export async function closeWorkers(): Promise<void> {
  await pool?.close();
  await closeTemplates();
}

function requireWhole(name: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least && value < 2 ** 31) return value;
  throw new RLMError('invalid_options', `${name} must be a whole number of at least ${least}; it is ${value}.`);
}

function requirePath(name: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new RLMError('invalid_options', `${name} must be a path; it is ${show(value)}.`);
}
