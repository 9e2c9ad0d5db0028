import { RLMError } from '../errors.ts';
import type { JSONValue, RLMContext } from '../options.ts';
import { sharedPool } from '../pool.ts';
import { pythonSource } from '../python-source.ts';
import { ResultFold } from '../result.ts';
import { resolveRun } from '../run-request.ts';
import type { RLMRun } from '../run-rlm.ts';
import type { JSONSchema } from '../schema/rlm-schema.ts';
import { Session } from './session.ts';
import type { RLMSessionOptions, RLMTurnOptions } from './session-options.ts';
import type { RLMSessionTotals } from './totals.ts';
import { validateSessionOptions } from './validate-session.ts';

/**
 * Runs that share one REPL, one after the other: its variables stay, contexts add up as `context_0`, `context_1` … and
 * the conversations of answered turns as `history_0`, `history_1` … An open session holds a Python worker and, in
 * `docker`, a container; it does not keep Node alive, and all of it ends with Node.
 */
export interface RLMSession extends AsyncDisposable {
  /** Label `rlm-bridge.run` of its container. */
  readonly id: string;
  /** What its turns came to so far. */
  readonly totals: RLMSessionTotals;
  /**
   * One turn: a run as {@link runRLM} makes it, in the session's REPL. One at a time.
   * @param context Added to those that are there; `undefined` adds none, and the query is about the newest.
   * @throws {RLMError} (as a rejection) `session_busy` while another turn goes on, `session_closed`, `session_lost` when
   * the REPL and what it held are gone, and what `runRLM` rejects with.
   * @throws {RLMAbortError} (as a rejection) when the turn was aborted. The session can be used on, unless the code that
   * ran would not be interrupted.
   */
  run<T = JSONValue>(
    context: RLMContext | undefined,
    query: string,
    options: RLMTurnOptions<T> & { schema: JSONSchema },
  ): RLMRun<T>;
  run<T = string>(context: RLMContext | undefined, query: string, options?: RLMTurnOptions<T>): RLMRun<T>;
  /** Aborts a turn that goes on; resolves when nothing of the REPL is left. Idempotent; does not reject. */
  close(): Promise<void>;
}

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
    if (!signal.aborted || RLMError.isInstance(error)) throw error;
    const end = { kind: 'aborted', reason: signal.reason, partialAnswer: null, durationMs: 0 } as const;
    throw new ResultFold(id).settle(end);
  }
}
