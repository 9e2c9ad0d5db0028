import type { HostFailure } from './active-run.ts';
import { PING_EVERY_MS, SILENT_ROUNDS } from './policy.ts';

// What a run fails with that its worker did not end.

/** The worker was told to cancel it, and did not. */
export function notCancelled(): HostFailure {
  return { code: 'worker_exit', stopReason: 'worker_exit', message: 'The worker did not end the run in time.' };
}

/** The worker did not stop it when its time was over. */
export function tookTooLong(maxDurationMs: number): HostFailure {
  const message = `The run took longer than maxDurationMs (${maxDurationMs / 1000} s) and its worker did not stop it.`;
  return { code: 'duration_exceeded', stopReason: 'duration', message };
}

/** The worker has said nothing, whatever it was asked. */
export function notAnswering(workerStderr: string): HostFailure {
  const message = `The Python worker has not answered for ${(PING_EVERY_MS * SILENT_ROUNDS) / 1000} s, and was ended.`;
  return { code: 'worker_exit', stopReason: 'worker_exit', message, workerStderr };
}
