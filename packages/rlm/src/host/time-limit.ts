import { abortable } from '../signals/abortable.ts';
import { signalForCaller } from '../signals/caller-signals.ts';

/** What `withinTime` rejects with when the time is over. */
export class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError';
}

/**
 * Runs `task` with a signal that aborts with `signal`, and after `limitMs`; then it rejects, whatever the task does.
 * @throws {TimeLimitError} (as a rejection) when the time is over.
 */
export async function withinTime<T>(
  limitMs: number,
  signal: AbortSignal,
  task: (signal: AbortSignal) => T | PromiseLike<T>,
): Promise<T> {
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(new TimeLimitError(`It took longer than ${limitMs} ms.`)), limitMs);
  const either = AbortSignal.any([signal, over.signal]);
  try {
    return await abortable((async () => task(signalForCaller(either)))(), either);
  } finally {
    clearTimeout(timer);
  }
}
