import { sharedPool } from '../../../src/worker/configure-workers.ts';
import { gone, repls, workers } from './processes.ts';

/** Ends idle workers, as `closeWorkers` does, and keeps what they are forked from, which takes half a second to start. */
export async function endWorkers(): Promise<void> {
  await sharedPool().close();
}

/** The same; resolves when their processes are gone, and those of their REPLs. */
export async function withoutWorkers(): Promise<void> {
  const before = [...workers(), ...repls()];
  await endWorkers();
  await gone(before);
}
