import type { AssessOptions, WorkerSpec } from '../api/options.ts';
import { GitWork } from '../evidence/git-work.ts';
import { specOf } from '../evidence/resolve-worker.ts';
import { WorkBase, workOf } from './work-base.ts';

/** A worker: its id, where its work is, or the base of its work, which is open then. */
export type Given = string | WorkerSpec | WorkBase;

/** The worker itself, which can be opened again. */
export function workerOf(given: Given): string | WorkerSpec {
  return given instanceof WorkBase ? given.worker : given;
}

/** The workers themselves. What is no list is for validation to refuse. */
export function workersOf(given: readonly Given[]): unknown {
  return Array.isArray(given) ? given.map(workerOf) : given;
}

export function idOf(given: Given): string {
  const worker = workerOf(given);
  return typeof worker === 'string' ? worker : worker.id;
}

/** Reads a work, opened here or before; it is closed then, whatever comes of it. @throws {WorkerError} when it cannot be opened. */
export async function withWork<T>(
  given: Given,
  options: AssessOptions,
  signal: AbortSignal | undefined,
  read: (spec: WorkerSpec, work: GitWork | null) => Promise<T>,
): Promise<T> {
  const spec = await specOf(workerOf(given), options, signal);
  const isOpen = given instanceof WorkBase;
  const work = isOpen ? workOf(given).under(signal) : await GitWork.open(spec, options, signal);
  try {
    return await read(spec, work);
  } finally {
    work?.close();
  }
}
