import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeLine, FramingError, type HostMessage, LineDecoder, type RunSecrets } from '@rlm-bridge/protocol';
import { execa } from 'execa';
import type { WorkerCommand } from '../python/python-command.ts';
import { DRAIN_MS } from './policy.ts';
import { StderrTail } from './stderr-tail.ts';

/** The descriptor on which the worker reads keys: never argv, environment or the wire. */
const SECRETS_FD = 3;

/** How a worker process ended; `spawnError` when it never began. */
export interface WorkerExit {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  spawnError: Error | null;
}

export interface TransportReceiver {
  /** A line of the worker, parsed as JSON and not looked at further. */
  onValue(value: unknown): void;
  /** A line that is not JSON, or bytes that cannot be cut into lines. */
  onProtocolError(message: string): void;
}

/**
 * JSON values to and from a child process in its own process group.
 * `exited` resolves once, when the process is gone and what it wrote has been delivered; it does not wait for grandchildren
 * that hold its pipes. Sending to a process that is gone does nothing: `exited` says so.
 */
export class ProcessTransport {
  readonly exited: Promise<WorkerExit>;
  readonly #subprocess;
  readonly #stderr: StderrTail;
  readonly #decoder = new LineDecoder();
  readonly #receiver: TransportReceiver;
  #isReferenced = true;

  constructor({ file, args, env }: WorkerCommand, receiver: TransportReceiver) {
    this.#receiver = receiver;
    this.#subprocess = execa(file, args, {
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      env,
      extendEnv: false,
      buffer: false,
      reject: false,
      killDescendants: true,
      forceKillAfterDelay: false,
    });
    const { stdin, stdout, stderr } = this.#subprocess;
    this.#stderr = new StderrTail(stderr);
    stdin.on('error', ignore);
    this.#secrets.on('error', ignore);
    stdout.on('error', ignore);
    stdout.on('data', (chunk: Buffer) => this.#read(chunk));
    this.exited = this.#waitForExit();
  }

  get stderrTail(): string {
    return this.#stderr.text;
  }

  send(message: HostMessage): void {
    this.#subprocess.stdin.write(encodeLine(message));
  }

  sendSecrets(secrets: RunSecrets): void {
    this.#secrets.write(encodeLine(secrets));
  }

  /** Ends stdin, which tells the worker that nobody needs it. */
  endInput(): void {
    this.#subprocess.stdin.end();
  }

  /** Signals the whole process group. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    this.#subprocess.kill(signal);
  }

  /** Keeps Node alive as long as the process is there: so it is from the start. */
  ref(): void {
    this.#refer(true);
  }

  /** Lets Node end while the process is there. */
  unref(): void {
    this.#refer(false);
  }

  #refer(keeps: boolean): void {
    // Bun counts: a second ref would want a second unref.
    if (keeps === this.#isReferenced) return;
    this.#isReferenced = keeps;
    const { nodeChildProcess, stdio } = this.#subprocess;
    for (const handle of [nodeChildProcess, ...stdio]) {
      if (handle === null || handle === undefined || !('unref' in handle && 'ref' in handle)) continue;
      const change = keeps ? handle.ref : handle.unref;
      if (typeof change === 'function') change.call(handle);
    }
  }

  get #secrets(): Writable {
    return this.#subprocess.stdio[SECRETS_FD] as unknown as Writable;
  }

  #read(chunk: Buffer): void {
    try {
      for (const line of this.#decoder.push(chunk)) this.#receiver.onValue(parseLine(line));
    } catch (error) {
      if (!(error instanceof FramingError) && !(error instanceof SyntaxError)) throw error;
      this.#subprocess.stdout.destroy();
      this.#receiver.onProtocolError(`The Python worker does not speak the protocol: ${error.message}`);
    }
  }

  async #waitForExit(): Promise<WorkerExit> {
    const { nodeChildProcess, pid, stdout, stderr, stdio } = this.#subprocess;
    if (pid === undefined) {
      const { cause } = await this.#subprocess;
      return { exitCode: null, signal: null, spawnError: cause instanceof Error ? cause : new Error('spawn failed') };
    }
    const drained = Promise.all([stdout, stderr].map((stream) => new Promise((close) => stream.once('close', close))));
    const exit = await new Promise<WorkerExit>((resolve) => {
      nodeChildProcess.once('exit', (exitCode, signal) => resolve({ exitCode, signal, spawnError: null }));
    });
    // What is left of its group has lost its purpose.
    this.kill('SIGKILL');
    const deadline = new AbortController();
    await Promise.race([drained, sleep(DRAIN_MS, undefined, { signal: deadline.signal })]);
    deadline.abort();
    for (const stream of stdio) stream?.destroy();
    return exit;
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new SyntaxError(`it wrote ${JSON.stringify(line.slice(0, 120))}, which is not JSON.`, { cause });
  }
}

function ignore(): void {}
