import type { SessionSpec } from '@rlm-bridge/protocol';
import { RLMError } from '../api/errors.ts';
import { limitOr } from '../api/system-limits.ts';
import { versionsOf } from '../journal/versions.ts';
import { readyToParse } from '../options/read-options.ts';
import { planRun, type RunPlan } from '../options/run-plan.ts';
import { ResultFold } from '../run/result-fold.ts';
import { settleEnvironment } from '../run/settle-environment.ts';
import { workerFactory } from '../run/worker-factory.ts';
import { sharedPool } from '../worker/configure-workers.ts';
import { type ParsedSession, parseSessionOptions } from './parse-session.ts';
import type { RLMSession } from './rlm-session.ts';
import { Session } from './session.ts';
import { SessionBook } from './session-book.ts';
import type { RLMSessionOptions } from './session-options.ts';

/**
 * Opens a session and starts its worker; the REPL starts with the first turn. Close it, or say `await using`.
 *
 * With a `store`, the session of that `sessionId` goes on: it is open once the turns that are over ran again in a new REPL,
 * with what was recorded in place of every model, tool and judge; nothing is asked or paid for that.
 * @throws {RLMError} for what is wrong with the options, the keys, uv, Python. With a `store` also `run_in_progress` while
 *   another process has the session; `run_mismatch` when it has other options, or a run has its id; `version_mismatch`,
 *   `context_changed`, `replay_diverged`, `journal_corrupted`, `store_failed`.
 * @throws {RLMAbortError} when `options.signal` aborts.
 * @example
 * ```ts
 * await using session = await openSession({ rootModel: 'sonnet', maxBudgetUsd: 2 });
 * const turn = await session.run({ file: 'book.txt' }, 'Who raised the alarm?');
 * console.log(turn.answer);
 * ```
 */
export async function openSession<I = unknown>(options?: RLMSessionOptions<I>): Promise<RLMSession> {
  await readyToParse(options);
  const asked = parseSessionOptions(options);
  const id = asked.sessionId ?? crypto.randomUUID();
  const signal = asked.parsed.signal ?? new AbortController().signal;
  try {
    signal.throwIfAborted();
    return await opened(id, asked, signal);
  } catch (error) {
    if (!signal.aborted || RLMError.isInstance(error)) throw limitOr(error);
    const end = { kind: 'aborted', reason: signal.reason, partialAnswer: null, durationMs: 0 } as const;
    throw new ResultFold(id).settle(end);
  }
}

async function opened(id: string, { given: asked, parsed }: ParsedSession, signal: AbortSignal): Promise<Session> {
  const settled = await settleEnvironment(parsed, process.env);
  const plan = planRun(settled, process.env);
  // Its turns are where it was opened.
  const { environment, environmentOptions } = settled;
  const given = { ...asked, environment, ...(environmentOptions !== undefined && { environmentOptions }) };
  // What a store has to say is said before anything is started.
  const book = plan.journal && (await SessionBook.open(plan.journal, id, specOf(plan)));
  try {
    const factory = { ...workerFactory(plan.python, process.env), alone: true };
    const lease = await sharedPool().lease(factory, signal);
    const session = new Session({ id, options: given, plan, lease, book });
    try {
      await book?.begin(versionsOf(await lease.worker.handshake()));
      await session.takeUp(signal);
      return session;
    } catch (error) {
      await session.abandon();
      throw error;
    }
  } catch (error) {
    await book?.close(false);
    throw error;
  }
}

/** What holds for all turns. */
function specOf({ spec: { limits: _limits, logDir: _logDir, answer: _answer, ...ofAll } }: RunPlan): SessionSpec {
  return ofAll;
}
