import { WorkerError } from '../api/errors.ts';
import type { Provenance } from '../api/worker-assessment.ts';

/** Reads work that was found: what goes wrong is told with which work it was. The innermost knows it best. */
export async function attributed<T>(provenance: Provenance, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof WorkerError) error.provenance ??= provenance;
    throw error;
  }
}
