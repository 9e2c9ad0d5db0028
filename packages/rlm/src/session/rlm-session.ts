import type { JSONValue } from '../api/json.ts';
import type { RLMContext } from '../api/options.ts';
import type { JSONSchema } from '../api/rlm-schema.ts';
import type { RLMRun } from '../run-rlm.ts';
import type { RLMTurnOptions } from './session-options.ts';
import type { RLMSessionTotals } from './totals.ts';

/** A turn of an earlier process that can go on. */
export interface RLMUnfinishedTurn {
  /** What it was asked. */
  query: string;
  /** Id of its run. */
  runId: string;
}

/**
 * Runs that share one REPL, one after the other: its variables stay, contexts add up as `context_0`, `context_1` … and
 * the conversations of answered turns as `history_0`, `history_1` … An open session holds a Python worker and, in
 * `docker`, a container; it does not keep Node alive, and all of it ends with Node.
 */
export interface RLMSession extends AsyncDisposable {
  /** `sessionId`, in the store and as label `rlm-bridge.run` of its container. */
  readonly id: string;
  /** What its turns came to so far, those of earlier processes included. */
  readonly totals: RLMSessionTotals;
  /**
   * The turn that the session's last process was killed in, or that came to no result there (an abort, a failed provider,
   * worker or store); null when there is none. Asked again first, with the same query, context and rules for answers, it goes
   * on where it stopped; another turn leaves it as it is.
   */
  readonly unfinished: RLMUnfinishedTurn | null;
  /**
   * One turn: a run as {@link runRLM} makes it, in the session's REPL. One at a time.
   * @param context Added to those that are there; `undefined` adds none, and the query is about the newest. For a turn that
   * goes on it stands for the one that the turn had.
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
