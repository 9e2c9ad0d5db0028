import { RLMError } from '../api/errors.ts';
import { limitOr } from '../api/system-limits.ts';
import { resolveRun } from '../options/resolve-run.ts';
import { pythonSource } from '../run/python-source.ts';
import { ResultFold } from '../run/result-fold.ts';
import { sharedPool } from '../worker/pool.ts';
import type { RLMSession } from './rlm-session.ts';
import { Session } from './session.ts';
import type { RLMSessionOptions } from './session-options.ts';
import { validateSessionOptions } from './validate-session.ts';

/**
 * Opens a session and starts its worker; the REPL starts with the first turn. Close it, or say `await using`.
 * @throws {RLMError} for what is wrong with the options, the keys, uv, Python.
 * @throws {RLMAbortError} when `options.signal` aborts.
 */
export async function openSession<I = unknown>(options?: RLMSessionOptions<I>): Promise<RLMSession> {
  const checked = validateSessionOptions(options);
  const id = crypto.randomUUID();
  const signal = checked.signal ?? new AbortController().signal;
  try {
    signal.throwIfAborted();
    // For what it finds wrong: each turn resolves its own.
    resolveRun(id, 'query', checked, process.env);
    return new Session(id, checked, await sharedPool().lease(pythonSource(checked, process.env), signal));
  } catch (error) {
    if (!signal.aborted || RLMError.isInstance(error)) throw limitOr(error);
    const end = { kind: 'aborted', reason: signal.reason, partialAnswer: null, durationMs: 0 } as const;
    throw new ResultFold(id).settle(end);
  }
}
