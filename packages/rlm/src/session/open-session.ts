import { RLMError } from '../api/errors.ts';
import { limitOr } from '../api/system-limits.ts';
import { planRun } from '../options/run-plan.ts';
import { ResultFold } from '../run/result-fold.ts';
import { workerFactory } from '../run/worker-factory.ts';
import { sharedPool } from '../worker/pool.ts';
import { parseSessionOptions } from './parse-session.ts';
import type { RLMSession } from './rlm-session.ts';
import { Session } from './session.ts';
import type { RLMSessionOptions } from './session-options.ts';

/**
 * Opens a session and starts its worker; the REPL starts with the first turn. Close it, or say `await using`.
 * @throws {RLMError} for what is wrong with the options, the keys, uv, Python.
 * @throws {RLMAbortError} when `options.signal` aborts.
 * @example
 * ```ts
 * await using session = await openSession({ rootModel: 'sonnet', maxBudgetUsd: 2 });
 * const turn = await session.run({ file: 'book.txt' }, 'Who raised the alarm?');
 * console.log(turn.answer);
 * ```
 */
export async function openSession<I = unknown>(options?: RLMSessionOptions<I>): Promise<RLMSession> {
  const { given, parsed } = parseSessionOptions(options);
  const id = crypto.randomUUID();
  const signal = parsed.signal ?? new AbortController().signal;
  try {
    signal.throwIfAborted();
    // Of all that is planned, the worker alone is the session's: each turn plans its own run.
    const { python } = planRun(parsed, process.env);
    return new Session(id, given, await sharedPool().lease(workerFactory(python, process.env), signal));
  } catch (error) {
    if (!signal.aborted || RLMError.isInstance(error)) throw limitOr(error);
    const end = { kind: 'aborted', reason: signal.reason, partialAnswer: null, durationMs: 0 } as const;
    throw new ResultFold(id).settle(end);
  }
}
