import type { HostRequest, WorkerMessage, WorkerReady } from '@rlm-bridge/protocol';
import { thrownText } from '@rlm-bridge/text';
import { RLMError } from '../api/errors.ts';
import type { WorkerCommand } from '../python/python-command.ts';
import { abortable } from '../signals/abortable.ts';
import { ActiveRun, type HostFailure, type RunRequest } from './active-run.ts';
import { ActiveRuns } from './active-runs.ts';
import { describeExit, readReady, readyTimeout, startFailure } from './handshake.ts';
import { notAnswering, notCancelled, tookTooLong } from './host-failures.ts';
import { Leftovers } from './leftovers.ts';
import { Liveness } from './liveness.ts';
import { CANCEL_GRACE_MS, DURATION_GRACE_MS, LATE_END_MS, READY_TIMEOUT_MS, SESSION_CLOSE_GRACE_MS } from './policy.ts';
import { ProcessTransport } from './process-transport.ts';
import { Questions } from './questions.ts';
import type { RunEnd } from './run-end.ts';
import { killGroup, shutDown } from './shutdown.ts';
import { startChild } from './start-child.ts';
import type { WorkerChild, WorkerExit } from './worker-child.ts';
import { removeWorkerFolder, workerFolder } from './worker-folder.ts';
import { isRequest, readWorkerLine, type WorkerLine } from './worker-message.ts';
import { transition, type WorkerInput, type WorkerState } from './worker-state.ts';

/** One Python worker: started, ready, any number of runs, gone. `exited` resolves when nothing of it is left. */
export class WorkerProcess {
  readonly exited: Promise<WorkerExit>;
  /** Its temporary folder, there from `worker.ready` to its end. */
  readonly folder: string;
  /** How many may have a run here, begun or not: its pool says so. */
  leases = 1;
  readonly #command: WorkerCommand;
  readonly #transport: ProcessTransport;
  readonly #closed = new AbortController();
  readonly #unfit = new AbortController();
  readonly #ready = Promise.withResolvers<WorkerReady>();
  readonly #runs = new ActiveRuns();
  readonly #leftovers = new Leftovers();
  readonly #questions = new Questions((message) => this.#transport.send(message));
  readonly #liveness = new Liveness(
    () => this.#transport.send({ type: 'ping', requestId: crypto.randomUUID() }),
    () => this.#onSilent(),
  );
  #state: WorkerState = 'starting';

  private constructor(command: WorkerCommand, child: WorkerChild, folder: string) {
    this.folder = folder;
    this.#command = command;
    this.#transport = new ProcessTransport(child, {
      onValue: (value) => this.#receive(value),
      onProtocolError: (message) => this.#onProtocolError(message),
    });
    this.#ready.promise.catch(() => {});
    this.exited = this.#transport.exited.then((exit) => this.#onExit(exit));
  }

  /** @throws {RLMError} when the worker does not come up; the reason of `signal` when that aborts. */
  static async start(
    command: WorkerCommand,
    signal: AbortSignal,
    readyTimeoutMs = READY_TIMEOUT_MS,
  ): Promise<WorkerProcess> {
    const folder = workerFolder();
    const worker = new WorkerProcess(command, await startChild(command, folder), folder);
    const timer = setTimeout(
      () => worker.#ready.reject(readyTimeout(readyTimeoutMs, worker.stderrTail)),
      readyTimeoutMs,
    );
    try {
      await abortable(worker.#ready.promise, signal);
      return worker;
    } catch (error) {
      void worker.stop();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  get state(): WorkerState {
    return this.#state;
  }

  /** Aborts, with an RLMError, when the process has ended or is of no use. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** Aborts when it is to be given no other run. */
  get unfit(): AbortSignal {
    return this.#unfit.signal;
  }

  /** It would take a run, and has none. */
  get isIdle(): boolean {
    return this.#state === 'ready' && this.#runs.size === 0;
  }

  get stderrTail(): string {
    return this.#transport.stderrTail;
  }

  /** What it said of itself. */
  async handshake(): Promise<WorkerReady> {
    return await this.#ready.promise;
  }

  /** Sends it a run and waits for the end of that, whichever way it comes. `signal` cancels it. */
  async run(request: RunRequest, signal: AbortSignal): Promise<RunEnd> {
    this.#closed.signal.throwIfAborted();
    const run = new ActiveRun(request);
    this.#runs.add(run);
    this.#liveness.watch();
    this.ref();
    const onAbort = () => this.#cancel(run, signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    const { maxDurationMs } = request.spec.limits;
    if (maxDurationMs !== null)
      run.unlessEnded(maxDurationMs + DURATION_GRACE_MS, () => this.#settle(run, tookTooLong(maxDurationMs)));
    this.#transport.sendSecrets(request.secrets);
    this.#transport.send({ type: 'run.start', id: run.id, spec: request.spec });
    if (signal.aborted) onAbort();
    const end = await run.ended;
    signal.removeEventListener('abort', onAbort);
    return end;
  }

  /** Resolves when the process has shown that it is there. @throws {RLMError} when it is not; the reason of `signal`. */
  async ping(signal: AbortSignal): Promise<void> {
    const requestId = crypto.randomUUID();
    this.ref();
    await this.#questions.ask({ type: 'ping', requestId }, requestId, AbortSignal.any([this.closed, signal]));
  }

  /** Ends the REPL of a session, or the whole process when that takes too long. Resolves when nothing of it is left. */
  async closeSession(id: string): Promise<void> {
    if (!this.isIdle) return await this.stop();
    if (this.#leftovers.session !== id) return;
    this.ref();
    try {
      const until = AbortSignal.any([this.closed, AbortSignal.timeout(SESSION_CLOSE_GRACE_MS)]);
      await this.#questions.ask({ type: 'session.close', id }, id, until);
      this.#leftovers.forgetSession(id);
    } catch {
      await this.stop();
    }
  }

  /** Keeps Node alive as long as the worker is there, which `run` and `ping` do by themselves. */
  ref(): void {
    this.#transport.ref();
  }

  /** Lets Node end while the worker is there: for one that is idle. */
  unref(): void {
    this.#transport.unref();
  }

  /** Ends the process: politely when idle, else by force. Resolves when nothing of it is left. */
  async stop(): Promise<void> {
    const wasIdle = this.#runs.size === 0 && this.#state !== 'starting';
    const isFirst = this.#state !== 'stopping' && this.#state !== 'stopped';
    this.#enter('stop');
    this.#liveness.rest();
    if (isFirst) await (wasIdle ? shutDown(this.#transport) : killGroup(this.#transport));
    await this.exited;
  }

  #cancel(run: ActiveRun, reason: unknown): void {
    if (run.isSettled) return;
    run.cancel(reason);
    this.#transport.send({ type: 'run.cancel', id: run.id });
    run.unlessEnded(CANCEL_GRACE_MS, () => this.#settle(run, notCancelled()));
  }

  /** The run has ended, whatever the worker does. Alone it ends with it; else the others are left in peace. */
  #settle(run: ActiveRun, failure: HostFailure): void {
    run.fail(failure);
    if (this.leases === 1) return void this.stop();
    this.#transport.send({ type: 'run.cancel', id: run.id });
    setTimeout(() => this.#runs.has(run) && this.#drain(), LATE_END_MS).unref();
  }

  #onSilent(): void {
    this.#runs.fail(notAnswering(this.stderrTail));
    void this.stop();
  }

  #receive(value: unknown): void {
    this.#liveness.heard();
    if (this.#state === 'starting') this.#completeHandshake(value);
    else this.#take(readWorkerLine(value));
  }

  #take(line: WorkerLine): void {
    if (line.kind === 'message') this.#route(line.message);
    else if (line.kind === 'unknown') this.#runs.warn(line.remark);
    else this.#onProtocolError(`The Python worker sent ${line.issue}`);
  }

  #completeHandshake(value: unknown): void {
    try {
      const ready = readReady(value);
      this.#enter('ready');
      this.#ready.resolve(ready);
    } catch (error) {
      this.#ready.reject(error);
    }
  }

  #route(message: WorkerMessage): void {
    if (message.type === 'protocol.error') {
      this.#onRefusal(message);
    } else if (message.type === 'pong' || message.type === 'session.closed') {
      this.#questions.answer(message.type === 'pong' ? message.requestId : message.id);
    } else if (message.type === 'worker.draining') {
      this.#drain();
    } else if (message.type !== 'worker.ready') {
      const run = this.#runs.get(message.id);
      if (run === undefined) return;
      if (isRequest(message)) return void this.#serve(run, message);
      if (run.receive(message)) this.#onEnded(run);
    }
  }

  #onRefusal({ code, id, message }: Extract<WorkerMessage, { type: 'protocol.error' }>): void {
    // A cancel that crosses the run's own end is no error.
    if (code === 'unknown_run') return;
    this.#failOne(this.#runs.get(id ?? ''), `The Python worker refused a message (${code}): ${message}`);
  }

  /** What the two sides do not agree on ends the run that it is about, and the worker when no other goes on in it. */
  #failOne(run: ActiveRun | undefined, message: string): void {
    if (run === undefined || this.leases === 1) {
      this.#onProtocolError(message);
    } else {
      this.#settle(run, { code: 'worker_protocol_error', stopReason: 'worker_exit', message });
    }
  }

  #onEnded(run: ActiveRun): void {
    this.#runs.delete(run);
    this.#leftovers.note(run);
    if (this.isIdle) this.#liveness.rest();
  }

  /** It leaves by itself once it has no run and hears nothing; who has a lease on it may not have begun. */
  #drain(): void {
    this.#enter('drain');
    if (this.#state === 'draining') this.#liveness.watch();
  }

  async #serve(run: ActiveRun, request: HostRequest): Promise<void> {
    try {
      const reply = await run.serve(request);
      if (reply !== null) this.#transport.send(reply);
    } catch (error) {
      this.#failOne(run, `A reply to the Python worker could not be sent: ${thrownText(error)}`);
    }
  }

  #onProtocolError(message: string): void {
    const failure = new RLMError('worker_protocol_error', message);
    this.#closed.abort(failure);
    this.#ready.reject(failure);
    const code = 'worker_protocol_error';
    this.#runs.fail({ code, stopReason: 'worker_exit', message, workerStderr: this.stderrTail });
    void this.stop();
  }

  async #onExit(exit: WorkerExit): Promise<WorkerExit> {
    this.#enter('exit');
    this.#liveness.rest();
    const failure = startFailure(this.#command.file, exit, this.stderrTail);
    const described = describeExit(exit, this.stderrTail);
    this.#closed.abort(new RLMError('worker_start_failed', `Before the run began: ${described.message}`));
    this.#ready.reject(failure);
    // Runs that are still here did not end by the worker's own word.
    this.#runs.fail({ code: 'worker_exit', stopReason: 'worker_exit', ...described });
    const nothingLeft = this.#leftovers.remove(this.#runs, this.folder, this.#command.env);
    const remark = await removeWorkerFolder(this.folder);
    if (remark !== undefined) process.emitWarning(remark, { code: 'RLM_FOLDER_CLEANUP' });
    await nothingLeft;
    return exit;
  }

  #enter(input: WorkerInput): void {
    this.#state = transition(this.#state, input);
    if (this.#state !== 'starting' && this.#state !== 'ready') this.#unfit.abort();
  }
}
