import {
  type HostMessage,
  HostRequest,
  type RunSpec,
  type WorkerMessage,
  type WorkerReady,
} from '@rlm-bridge/protocol';
import { thrownText } from '@rlm-bridge/text';
import { RLMError } from '../api/errors.ts';
import type { WorkerCommand } from '../python/python-command.ts';
import { abortable } from '../signals/abortable.ts';
import { ActiveRun, type RunRequest } from './active-run.ts';
import { removeContainers } from './containers.ts';
import { describeExit, readReady, readyTimeout, startFailure } from './handshake.ts';
import { CANCEL_GRACE_MS, DURATION_GRACE_MS, READY_TIMEOUT_MS, SESSION_CLOSE_GRACE_MS } from './policy.ts';
import { ProcessTransport, type WorkerExit } from './process-transport.ts';
import type { RunEnd } from './run-end.ts';
import { killGroup, shutDown } from './shutdown.ts';
import { FOLDER_VARIABLE, removeWorkerFolder, workerFolder } from './worker-folder.ts';
import { readWorkerLine, type WorkerLine } from './worker-message.ts';
import { transition, type WorkerInput, type WorkerState } from './worker-state.ts';

const REQUEST_TYPES = new Set<string>(HostRequest.options.map(({ shape }) => shape.type.value));

function isRequest(message: WorkerMessage): message is HostRequest {
  return REQUEST_TYPES.has(message.type);
}

/** A run as far as what it may leave behind. */
interface RunOnWorker {
  readonly id: string;
  readonly spec: RunSpec;
}

/** One Python worker: started, ready, one run at a time, gone. `exited` resolves when nothing of it is left. */
export class WorkerProcess {
  readonly exited: Promise<WorkerExit>;
  /** Its temporary folder, there from `worker.ready` to its end. */
  readonly folder = workerFolder();
  readonly #command: WorkerCommand;
  readonly #transport: ProcessTransport;
  readonly #closed = new AbortController();
  readonly #ready = Promise.withResolvers<WorkerReady>();
  #state: WorkerState = 'starting';
  #run: ActiveRun | undefined;
  /** The last run that ended, which may have left a REPL: ready for the next, or its session's. */
  #last: RunOnWorker | undefined;
  /** What waits for a line of the worker, by the id that the line will have. */
  readonly #waiting = new Map<string, () => void>();
  #overdue: NodeJS.Timeout | undefined;
  #isDraining = false;

  private constructor(command: WorkerCommand) {
    this.#command = command;
    const env = { ...command.env, [FOLDER_VARIABLE]: this.folder };
    this.#transport = new ProcessTransport(
      { ...command, env },
      { onValue: (value) => this.#receive(value), onProtocolError: (message) => this.#onProtocolError(message) },
    );
    this.#ready.promise.catch(() => {});
    this.exited = this.#transport.exited.then((exit) => this.#onExit(exit));
  }

  /** @throws {RLMError} when the worker does not come up; the reason of `signal` when that aborts. */
  static async start(
    command: WorkerCommand,
    signal: AbortSignal,
    readyTimeoutMs = READY_TIMEOUT_MS,
  ): Promise<WorkerProcess> {
    const worker = new WorkerProcess(command);
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

  get stderrTail(): string {
    return this.#transport.stderrTail;
  }

  /** What it said of itself. */
  async handshake(): Promise<WorkerReady> {
    return await this.#ready.promise;
  }

  /** Sends a run to an idle worker and waits for its end, whichever way it comes. `signal` cancels it. */
  async run(request: RunRequest, signal: AbortSignal): Promise<RunEnd> {
    this.#closed.signal.throwIfAborted();
    this.#enter('run');
    const run = new ActiveRun(request);
    this.#run = run;
    this.ref();
    const onAbort = () => this.#cancel(run, signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    const { maxDurationMs } = request.spec.limits;
    if (maxDurationMs !== null) {
      this.#overdue = setTimeout(() => this.#giveUp(run, maxDurationMs), maxDurationMs + DURATION_GRACE_MS);
    }
    this.#transport.sendSecrets(request.secrets);
    this.#transport.send({ type: 'run.start', id: run.id, spec: request.spec });
    if (signal.aborted) onAbort();
    const end = await run.ended;
    signal.removeEventListener('abort', onAbort);
    clearTimeout(this.#overdue);
    return end;
  }

  /** Resolves when the process has shown that it is there. @throws {RLMError} when it is not; the reason of `signal`. */
  async ping(signal: AbortSignal): Promise<void> {
    const requestId = crypto.randomUUID();
    this.ref();
    await this.#ask({ type: 'ping', requestId }, requestId, signal);
  }

  /** Ends the REPL of a session, or the whole process when that takes too long. Resolves when nothing of it is left. */
  async closeSession(id: string): Promise<void> {
    if (this.#state !== 'idle') return await this.stop();
    if (this.#last?.spec.session !== id) return;
    this.ref();
    try {
      await this.#ask({ type: 'session.close', id }, id, AbortSignal.timeout(SESSION_CLOSE_GRACE_MS));
      this.#last = undefined;
    } catch {
      await this.stop();
    }
  }

  /** Sends a message and waits for what answers it. */
  async #ask(message: HostMessage, answeredBy: string, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.set(answeredBy, resolve);
    try {
      this.#transport.send(message);
      await abortable(promise, AbortSignal.any([this.closed, signal]));
    } finally {
      this.#waiting.delete(answeredBy);
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
    const wasIdle = this.#state === 'idle';
    const isFirst = this.#state !== 'stopping' && this.#state !== 'stopped';
    this.#enter('stop');
    if (isFirst) await (wasIdle ? shutDown(this.#transport) : killGroup(this.#transport));
    await this.exited;
  }

  #cancel(run: ActiveRun, reason: unknown): void {
    if (run.isSettled) return;
    run.cancel(reason);
    this.#enter('cancel');
    this.#transport.send({ type: 'run.cancel', id: run.id });
    const timer = setTimeout(() => {
      run.fail({ code: 'worker_exit', stopReason: 'worker_exit', message: 'The worker did not end the run in time.' });
      void this.stop();
    }, CANCEL_GRACE_MS);
    void run.ended.then(() => clearTimeout(timer));
  }

  #giveUp(run: ActiveRun, maxDurationMs: number): void {
    const message = `The run took longer than maxDurationMs (${maxDurationMs / 1000} s) and its worker did not stop it.`;
    run.fail({ code: 'duration_exceeded', stopReason: 'duration', message });
    void this.stop();
  }

  #receive(value: unknown): void {
    if (this.#state === 'starting') this.#completeHandshake(value);
    else this.#take(readWorkerLine(value));
  }

  #take(line: WorkerLine): void {
    if (line.kind === 'message') this.#route(line.message);
    else if (line.kind === 'unknown') this.#reportUnknown(line.type);
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
      // A cancel that crosses the run's own end is no error.
      if (message.code === 'unknown_run') return;
      this.#onProtocolError(`The Python worker refused a message (${message.code}): ${message.message}`);
    } else if (message.type === 'pong' || message.type === 'session.closed') {
      this.#waiting.get(message.type === 'pong' ? message.requestId : message.id)?.();
    } else if (message.type === 'worker.ready') {
      return;
    } else if (message.type === 'worker.draining') {
      this.#isDraining = true;
    } else if (message.id === this.#run?.id) {
      if (isRequest(message)) return void this.#serve(this.#run, message);
      if (!this.#run.receive(message)) return;
      this.#last = { id: this.#run.id, spec: this.#run.request.spec };
      this.#run = undefined;
      this.#enter('ended');
      if (this.#isDraining) void this.stop();
    }
  }

  async #serve(run: ActiveRun, request: HostRequest): Promise<void> {
    try {
      const reply = await run.serve(request);
      if (reply !== null) this.#transport.send(reply);
    } catch (error) {
      this.#onProtocolError(`A reply to the Python worker could not be sent: ${thrownText(error)}`);
    }
  }

  #reportUnknown(type: string): void {
    const message = `The Python worker sent a message of unknown type "${type}"; it may be newer than this package.`;
    if (this.#run === undefined) return;
    this.#run.receive({ type: 'log', id: this.#run.id, at: Date.now(), level: 'warning', message });
  }

  #onProtocolError(message: string): void {
    const failure = new RLMError('worker_protocol_error', message);
    this.#closed.abort(failure);
    this.#ready.reject(failure);
    const code = 'worker_protocol_error';
    this.#run?.fail({ code, stopReason: 'worker_exit', message, workerStderr: this.stderrTail });
    void this.stop();
  }

  async #onExit(exit: WorkerExit): Promise<WorkerExit> {
    this.#enter('exit');
    const failure = startFailure(this.#command.file, exit, this.stderrTail);
    const described = describeExit(exit, this.stderrTail);
    this.#closed.abort(new RLMError('worker_start_failed', `Before the run began: ${described.message}`));
    this.#ready.reject(failure);
    // A run that is still here did not end by the worker's own word.
    this.#run?.fail({ code: 'worker_exit', stopReason: 'worker_exit', ...described });
    const remark = await removeWorkerFolder(this.folder);
    if (remark !== undefined) process.emitWarning(remark, { code: 'RLM_FOLDER_CLEANUP' });
    if (this.#run !== undefined) await this.#removeContainers({ id: this.#run.id, spec: this.#run.request.spec });
    const { session, environmentOptions } = this.#last?.spec ?? {};
    if (this.#last !== undefined && (session || environmentOptions?.prewarm === true)) {
      await this.#removeContainers(this.#last);
    }
    return exit;
  }

  async #removeContainers({ id, spec }: RunOnWorker): Promise<void> {
    if (spec.environment !== 'docker') return;
    const runtime = spec.environmentOptions.runtime === 'podman' ? 'podman' : 'docker';
    const remark = await removeContainers(runtime, spec.session ?? id, this.#command.env);
    if (remark !== undefined) process.emitWarning(remark, { code: 'RLM_CONTAINER_CLEANUP' });
  }

  #enter(input: WorkerInput): void {
    this.#state = transition(this.#state, input);
  }
}
