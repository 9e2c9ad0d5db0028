import { RLMAbortError, RLMError } from '../api/errors.ts';
import type { RLMContext, RLMOptions } from '../api/options.ts';
import type { RLMResult } from '../api/result.ts';
import { prepareContext, type StagedContext } from '../context/prepare-context.ts';
import { carryOut } from '../run/carry-out.ts';
import type { WorkerBinding } from '../run/worker-binding.ts';
import { type RLMRun, startRun } from '../run-rlm.ts';
import { describeExit } from '../worker/handshake.ts';
import type { WorkerLease } from '../worker/pool.ts';
import { mergeOptions, requireTurnOptions } from './parse-session.ts';
import type { RLMSession } from './rlm-session.ts';
import { noTotals, plusTurn, type RLMSessionTotals } from './totals.ts';

/** A session on the worker that it holds until it is closed or lost. */
export class Session implements RLMSession {
  readonly id: string;
  readonly #options: RLMOptions;
  readonly #lease: WorkerLease;
  /** Files of contexts: an interpreter's successor gets them again. */
  readonly #staged: StagedContext[] = [];
  #totals = noTotals();
  #turn: RLMRun<unknown> | undefined;
  /** Why there are no more turns. */
  #over: RLMError | undefined;
  #released: Promise<void> | undefined;

  constructor(id: string, options: RLMOptions, lease: WorkerLease) {
    this.id = id;
    this.#options = options;
    this.#lease = lease;
    lease.worker.unref();
    void lease.worker.exited.then(() => this.#release());
  }

  get totals(): RLMSessionTotals {
    return structuredClone(this.#totals);
  }

  run(context: RLMContext | undefined, query: string, options: unknown = {}): RLMRun<never> {
    const refusal = this.#over ?? (this.#turn === undefined ? undefined : busy());
    const binding = this.#binding(options, refusal);
    const turn = startRun({
      readOptions: () => mergeOptions(this.#options, options),
      carryOut: (stage) => carryOut(stage, context, query),
      binding,
    });
    if (refusal === undefined) this.#turn = turn;
    return turn as RLMRun<never>;
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

  #binding(options: unknown, refusal: RLMError | undefined): WorkerBinding {
    const { worker } = this.#lease;
    return {
      session: this.id,
      check: () => {
        requireTurnOptions(options);
        if (refusal !== undefined) throw refusal;
      },
      prepareContext: async (context, signal) => (context === undefined ? null : await prepareContext(context, signal)),
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
      const advice = 'What the REPL of the session held is gone. Open a new session.';
      throw new RLMError('session_lost', `The session cannot go on: ${message} ${advice}`, { cause: error });
    }
  }

  async #account(result: Promise<RLMResult<unknown>>): Promise<RLMResult<unknown>> {
    try {
      const turn = await result;
      this.#totals = plusTurn(this.#totals, turn);
      return turn;
    } catch (error) {
      if (RLMAbortError.isInstance(error)) this.#totals = plusTurn(this.#totals, error.result);
      else if (RLMError.isInstance(error) && error.code === 'session_lost') this.#lose(error);
      throw error;
    } finally {
      this.#turn = undefined;
    }
  }

  #lose(error: RLMError): void {
    this.#over ??= error;
    void this.#release();
  }

  #release(): Promise<void> {
    this.#released ??= this.#end();
    return this.#released;
  }

  async #end(): Promise<void> {
    await this.#lease.worker.closeSession(this.id);
    await Promise.all(this.#staged.map((staged) => staged.dispose()));
    this.#lease.end();
  }
}

function busy(): RLMError {
  const advice = 'Await its result or abort it first; turns at the same time need sessions of their own';
  return new RLMError('session_busy', `Another turn of the session is going on. ${advice}.`);
}
