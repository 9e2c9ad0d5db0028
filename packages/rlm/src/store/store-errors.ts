import { RLMError } from '../api/errors.ts';

export function runInProgress(runId: string, who: string): RLMError {
  const advice =
    'Wait until it has ended or released it; where it cannot be seen, it counts as gone after 30 s of silence';
  return new RLMError('run_in_progress', `${who} has the run ${runId}. ${advice}.`);
}

export function runNotFound(runId: string, where: string): RLMError {
  return new RLMError(
    'run_not_found',
    `There is no run ${runId} in ${where}. Look for the id in the list of its runs.`,
  );
}

export function blobNotFound(runId: string, sha256: string): RLMError {
  const what = `The run ${runId} has no blob ${JSON.stringify(sha256)}`;
  return new RLMError('blob_not_found', `${what}: it was never put, or somebody removed it from the store.`);
}

export function leaseLost(runId: string): RLMError {
  const what = `Another process has taken the run ${runId}, for this one had not been heard of for 30 s`;
  return new RLMError('lease_lost', `${what}. What this one learns since then is not kept; let the other go on.`);
}

export function leaseReleased(runId: string): RLMError {
  return new RLMError('lease_lost', `The lease of the run ${runId} was released. Lease it again to append.`);
}

const FULL = 'Make room there, or use another folder';
const ADVICE: Record<string, string> = {
  ENOSPC: FULL,
  EDQUOT: FULL,
  EFBIG: FULL,
  ENOENT: 'It was removed or never made: look for what removes it, and lease the run again',
  ENOTDIR: 'Something that is no folder stands in its way: use another folder',
  EACCES: 'Use a folder that this user can read and write',
  EPERM: 'Use a folder that this user can read and write',
  EROFS: 'Use a folder that can be written',
  ELOOP: 'A link stands where the store has a file or folder of its own: remove it',
};

/** Does work on a file or folder; what the system refuses is told with what to do. @throws {RLMError} `store_failed` */
export async function inStore<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storeFailed(path, error);
  }
}

/** Errors that are no fault of the system, and those that are told already, are as they are. */
export function storeFailed(path: string, cause: unknown): unknown {
  if (RLMError.isInstance(cause) || !(cause instanceof Error && 'syscall' in cause)) return cause;
  const code = 'code' in cause ? String(cause.code) : '';
  return storeFault(path, cause.message, ADVICE[code] ?? 'Look at the disk it is on, or use another folder', cause);
}

export function storeFault(path: string, what: string, advice: string, cause?: unknown): RLMError {
  return new RLMError('store_failed', `The run store cannot use ${path} (${what}). ${advice}.`, { cause });
}
