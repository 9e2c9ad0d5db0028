import type { WorkerEvent } from '@rlm-bridge/protocol';
import { RLMAbortError, RLMError } from '../api/errors.ts';
import type { RLMContext, RLMOptions } from '../api/options.ts';
import type { RLMResult } from '../api/result.ts';
import { prepareContext, type StagedContext } from '../context/prepare-context.ts';
import type { RunPlan } from '../options/run-plan.ts';
import { carryOut } from '../run/carry-out.ts';
import { callBack } from '../run/run-events.ts';
import { toPublicEvent } from '../run/to-public-event.ts';
import type { WorkerBinding } from '../run/worker-binding.ts';
import { type RLMRun, startRun } from '../run-rlm.ts';
import { describeExit } from '../worker/handshake.ts';
import type { WorkerLease } from '../worker/pool.ts';
import { carryOutTurn } from './carry-out-turn.ts';
import { mergeOptions, requireTurnOptions } from './parse-session.ts';
import type { RLMSession, RLMUnfinishedTurn } from './rlm-session.ts';
import type { SessionBook } from './session-book.ts';
import type { KeptTurn } from './session-state.ts';
import { TakeUp } from './take-up.ts';
import { noTotals, plusTurn, type RLMSessionTotals } from './totals.ts';

/** What a session is made of. */
export interface SessionParts {
  id: string;
  options: RLMOptions;
  plan: RunPlan;
  lease: WorkerLease;
  /** Null: it is kept nowhere. */
  book: SessionBook | null;
}

/** A session on the worker that it holds until it is closed or lost. */
export class Session implements RLMSession {
  readonly id: string;
  readonly #options: RLMOptions;
  readonly #plan: RunPlan;
  readonly #lease: WorkerLease;
  readonly #book: SessionBook | null;
  /** Files of contexts: an interpreter's successor gets them again. */
  readonly #staged: StagedContext[] = [];
  #totals: RLMSessionTotals;
  #turn: RLMRun<unknown> | undefined;
  /** The end of the last turn, before it is accounted for. */
  #running: Promise<unknown> = Promise.resolve();
  /** Why there are no more turns. */
  #over: RLMError | undefined;
  #released: Promise<void> | undefined;

  constructor({ id, options, plan, lease, book }: SessionParts) {
    this.id = id;
    this.#options = options;
    this.#plan = plan;
    this.#lease = lease;
    this.#book = book;
    this.#totals = (book?.over ?? []).reduce((sum, { spent }) => plusTurn(sum, spent), noTotals());
    lease.worker.unref();
    void lease.worker.exited.then(() => this.#release());
  }

  get totals(): RLMSessionTotals {
    const left = this.#book?.unfinished;
    return structuredClone(left ? plusTurn(this.#totals, left.spent) : this.#totals);
  }

  get unfinished(): RLMUnfinishedTurn | null {
    const left = this.#book?.unfinished?.state.header;
    return left === undefined ? null : { query: left.spec.query, runId: left.runId };
  }

  run(context: RLMContext | undefined, query: string, options: unknown = {}): RLMRun<never> {
    const refusal = this.#over ?? (this.#turn === undefined ? undefined : busy());
    const book = this.#book;
    const turn = startRun({
      // A turn that goes on has its id; whether it is that one is known when its context is.
      runId: this.unfinished?.query === query ? this.unfinished.runId : undefined,
      readOptions: () => mergeOptions(this.#options, options),
      carryOut: (stage) =>
        book === null ? carryOut(stage, context, query) : carryOutTurn(stage, context, query, book, this),
      binding: this.#binding(options, refusal),
    });
    if (refusal === undefined) this.#turn = turn;
    return turn as RLMRun<never>;
  }

  /** Does the turns of earlier processes once more. */
  async takeUp(signal: AbortSignal): Promise<void> {
    await this.#doAgain(this.#book?.over ?? [], signal);
  }

  /** Leaves the turn that was not finished as it was: what it did is there again. */
  async leave(turn: KeptTurn, signal: AbortSignal): Promise<void> {
    try {
      await this.#book?.leave(turn);
      this.#totals = plusTurn(this.#totals, turn.spent);
      await this.#doAgain([turn], signal);
    } catch (error) {
      // Half of a turn is in the REPL.
      this.#lose(lost('The turn that was not finished could not be done again.', this.#advice, error));
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#over ??= new RLMError('session_closed', 'The session was closed. Open a new one with openSession.');
    this.#turn?.abort(this.#over);
    await this.#turn?.catch(() => {});
    await this.#release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Ends what was started of a session that nobody gets. */
  async abandon(): Promise<void> {
    await this.#release();
  }

  async #doAgain(turns: readonly KeptTurn[], signal: AbortSignal): Promise<void> {
    if (this.#book === null) return;
    const again = new TakeUp(this.#book, this.#plan, this.#lease.worker, (event) => this.#tell(event));
    try {
      await again.run(turns, signal);
    } finally {
      this.#staged.push(...again.staged);
      this.#lease.worker.unref();
    }
  }

  #tell(event: WorkerEvent): void {
    callBack(this.#options.onEvent, toPublicEvent(event));
  }

  #binding(options: unknown, refusal: RLMError | undefined): WorkerBinding {
    const { worker } = this.#lease;
    return {
      session: this.id,
      check: () => {
        requireTurnOptions(options);
        if (refusal !== undefined) throw refusal;
      },
      prepareContext: async (context, signal, memoryMb) =>
        context === undefined ? null : await prepareContext(context, signal, memoryMb),
      withWorker: async (_, signal, use) => {
        try {
          await this.#requireWorker(signal);
          return await use(worker);
        } finally {
          worker.unref();
        }
      },
      releaseContext: async (staged) => void this.#staged.push(staged),
      onSettled: (result) => (refusal === undefined ? this.#account(result) : result),
    };
  }

  /** A process that has ended may not be known to have. */
  async #requireWorker(signal: AbortSignal): Promise<void> {
    const { worker } = this.#lease;
    try {
      await worker.ping(signal);
    } catch (error) {
      if (!worker.closed.aborted) throw error;
      const { message } = describeExit(await worker.exited, worker.stderrTail);
      throw lost(`The session cannot go on: ${message}`, this.#advice, error);
    }
  }

  get #advice(): string {
    if (this.#book === null) return 'Open a new session.';
    return `Open it again with openSession, its store and sessionId "${this.id}": its turns are there.`;
  }

  async #account(result: Promise<RLMResult<unknown>>): Promise<RLMResult<unknown>> {
    this.#running = result;
    try {
      const turn = await result;
      this.#totals = plusTurn(this.#totals, turn);
      return turn;
    } catch (error) {
      if (RLMAbortError.isInstance(error)) this.#totals = plusTurn(this.#totals, error.result);
      if (!RLMError.isInstance(error) || error.code !== 'session_lost') throw error;
      const over = this.#lose(lost(error.message, this.#advice, error));
      await this.#release();
      throw over;
    } finally {
      this.#turn = undefined;
    }
  }

  #lose(error: RLMError): RLMError {
    this.#over ??= error;
    void this.#release();
    return this.#over;
  }

  #release(): Promise<void> {
    this.#released ??= this.#end();
    return this.#released;
  }

  async #end(): Promise<void> {
    await this.#lease.worker.closeSession(this.id);
    // The end of a turn that goes on is written first.
    await this.#running.catch(() => {});
    await Promise.all(this.#staged.map((staged) => staged.dispose()));
    await this.#book?.close(this.#over?.code === 'session_closed');
    this.#lease.end();
  }
}

function busy(): RLMError {
  const advice = 'Await its result or abort it first; turns at the same time need sessions of their own';
  return new RLMError('session_busy', `Another turn of the session is going on. ${advice}.`);
}

function lost(what: string, advice: string, cause: unknown): RLMError {
  return new RLMError('session_lost', what.endsWith(advice) ? what : `${what} ${advice}`, { cause });
}
