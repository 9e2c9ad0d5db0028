import { setTimeout as sleep } from 'node:timers/promises';

export const DEFAULT_MAX_RETRIES = 4;

const FIRST_DELAY_MS = 1_000;
const MAX_DELAY_MS = 30_000;
/** A provider that asks to wait longer is not waited for. */
const MAX_RETRY_AFTER_MS = 120_000;

/** Tries again what fails with an error that says of itself that it is retryable, as the SDK's `APICallError` does. */
export async function withRetries<T>(attempt: () => PromiseLike<T>, signal: AbortSignal, retries: number): Promise<T> {
  for (let retry = 1; ; retry += 1) {
    try {
      return await attempt();
    } catch (error) {
      const delay = retry > retries ? null : delayMs(error, retry);
      if (delay === null || signal.aborted) throw error;
      await sleep(delay, undefined, { signal });
    }
  }
}

/** Milliseconds to wait before retry number `retry`, from 1; null when the error is final. */
export function delayMs(error: unknown, retry: number): number | null {
  const { isRetryable, responseHeaders } = Object(error) as {
    isRetryable?: unknown;
    responseHeaders?: Record<string, string>;
  };
  if (isRetryable !== true) return null;
  const asked = askedMs(responseHeaders ?? {});
  if (asked !== null) return asked > MAX_RETRY_AFTER_MS ? null : asked;
  return Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (retry - 1)) * (0.5 + Math.random() / 2);
}

/** What the provider asks to wait, as milliseconds, seconds or a date. */
function askedMs(headers: Record<string, string>): number | null {
  const milliseconds = Number.parseFloat(headers['retry-after-ms'] ?? '');
  if (milliseconds >= 0) return milliseconds;
  const after = headers['retry-after'] ?? '';
  const asked = /^\d/.test(after) ? Number.parseFloat(after) * 1_000 : Date.parse(after) - Date.now();
  return Number.isNaN(asked) ? null : Math.max(0, asked);
}
