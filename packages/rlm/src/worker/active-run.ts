import type { HostReply, HostRequest, RunSecrets, RunSpec, WorkerEvent } from '@rlm-bridge/protocol';
import { type HostServices, replyTo } from '../host/host-requests.ts';
import { endOfTerminal, type RunEnd, type RunFailure, type TerminalEvent } from './run-end.ts';

/** A run as a worker takes it. */
export interface RunRequest {
  spec: RunSpec;
  secrets: RunSecrets;
  onEvent(event: Exclude<WorkerEvent, TerminalEvent>): void;
  services: HostServices;
}

/** What the host says of a run that ends without a word of its worker. */
export type HostFailure = Pick<RunFailure, 'code' | 'stopReason' | 'message'> & { workerStderr?: string };

/** A run on a worker: it ends exactly once, on whichever path comes first. */
export class ActiveRun {
  readonly request: RunRequest;
  readonly ended: Promise<RunEnd>;
  readonly #settle: (end: RunEnd) => void;
  readonly #startedAt = performance.now();
  readonly #over = new AbortController();
  #cancelled: { reason: unknown } | undefined;
  #isSettled = false;

  constructor(request: RunRequest) {
    this.request = request;
    const { promise, resolve } = Promise.withResolvers<RunEnd>();
    this.ended = promise;
    this.#settle = resolve;
  }

  get id(): string {
    return this.request.secrets.id;
  }

  get spec(): RunSpec {
    return this.request.spec;
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** From now on every end is an abort, with what the worker still has to say. */
  cancel(reason: unknown): void {
    this.#cancelled ??= { reason };
    this.#over.abort(reason);
  }

  /** Does something in `ms` milliseconds, but nothing once the run has ended. */
  unlessEnded(ms: number, action: () => void): void {
    const timer = setTimeout(action, ms);
    void this.ended.then(() => clearTimeout(timer));
  }

  /** Takes an event and says whether it was the last one. */
  receive(event: WorkerEvent): boolean {
    if (event.type === 'run.completed' || event.type === 'run.failed') {
      this.#end(endOfTerminal(event));
      return true;
    }
    if (!this.#isSettled) this.request.onEvent(event);
    return false;
  }

  /** Serves a request of the worker; null when the run ended meanwhile, and nobody waits for the reply. */
  async serve(request: HostRequest): Promise<HostReply | null> {
    if (this.#isSettled) return null;
    // What a run that is being stopped still did is written, too.
    if (this.#over.signal.aborted && request.type !== 'journal.append') return null;
    try {
      const reply = await replyTo(request, this.request.services, this.#over.signal);
      const isAwaited = request.type !== 'journal.append' || !request.kept;
      return this.#isSettled || !isAwaited ? null : reply;
    } catch (error) {
      if (this.#over.signal.aborted) return null;
      throw error;
    }
  }

  /** Ends the run without a word of the worker. */
  fail(failure: HostFailure): void {
    const durationMs = performance.now() - this.#startedAt;
    this.#end({ kind: 'failed', workerStderr: null, ...failure, partialAnswer: null, durationMs });
  }

  #end(end: RunEnd): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#over.abort(new DOMException('The run has ended.', 'AbortError'));
    this.#settle(this.#cancelled === undefined ? end : toAborted(end, this.#cancelled.reason));
  }
}

function toAborted(end: RunEnd, reason: unknown): RunEnd {
  const partialAnswer = end.kind === 'answered' ? end.answer : end.kind === 'never_ran' ? null : end.partialAnswer;
  return { kind: 'aborted', reason, partialAnswer, durationMs: end.durationMs };
}
