import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { encodeLine, FramingError, type HostMessage, LineDecoder, type RunSecrets } from '@rlm-bridge/protocol';
import { DRAIN_MS } from './policy.ts';
import { StderrTail } from './stderr-tail.ts';
import type { WorkerChild, WorkerExit, WorkerStreams } from './worker-child.ts';

export interface TransportReceiver {
  /** A line of the worker, parsed as JSON and not looked at further. */
  onValue(value: unknown): void;
  /** A line that is not JSON, or bytes that cannot be cut into lines. */
  onProtocolError(message: string): void;
}

/**
 * JSON values to and from a worker's process.
 * `exited` resolves once, when the process is gone and what it wrote has been delivered; it does not wait for grandchildren
 * that hold its pipes. Sending to a process that is gone does nothing: `exited` says so.
 */
export class ProcessTransport {
  readonly exited: Promise<WorkerExit>;
  readonly #child: WorkerChild;
  readonly #receiver: TransportReceiver;
  readonly #decoder = new LineDecoder();
  #streams: WorkerStreams | undefined;
  #stderr: StderrTail | undefined;

  constructor(child: WorkerChild, receiver: TransportReceiver) {
    this.#child = child;
    this.#receiver = receiver;
    this.exited = this.#serve();
  }

  get stderrTail(): string {
    return this.#stderr?.text ?? this.#child.startWords;
  }

  send(message: HostMessage): void {
    this.#streams?.stdin.write(encodeLine(message));
  }

  sendSecrets(secrets: RunSecrets): void {
    this.#streams?.secrets.write(encodeLine(secrets));
  }

  /** Ends stdin, which tells the worker that nobody needs it. */
  endInput(): void {
    this.#streams?.stdin.end();
  }

  /** Signals the whole process group. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    this.#child.kill(signal);
  }

  /** Keeps Node alive as long as the process is there: so it is from the start. */
  ref(): void {
    this.#child.ref();
  }

  /** Lets Node end while the process is there. */
  unref(): void {
    this.#child.unref();
  }

  async #serve(): Promise<WorkerExit> {
    const streams = await this.#child.streams;
    if (streams === undefined) return await this.#child.ended;
    this.#streams = streams;
    const { stdin, stdout, stderr, secrets } = streams;
    this.#stderr = new StderrTail(stderr);
    for (const stream of [stdin, secrets, stdout]) stream.on('error', ignore);
    const drained = Promise.all([stdout, stderr].map((stream) => new Promise((close) => stream.once('close', close))));
    stdout.on('data', (chunk: Buffer) => this.#read(chunk, streams));
    const exit = await this.#child.ended;
    const deadline = new AbortController();
    await Promise.race([drained, turnAfter(DRAIN_MS, deadline.signal)]);
    deadline.abort();
    for (const stream of [stdin, stdout, stderr, secrets]) stream.destroy();
    return exit;
  }

  #read(chunk: Buffer, { stdout }: WorkerStreams): void {
    try {
      for (const line of this.#decoder.push(chunk)) this.#receiver.onValue(parseLine(line));
    } catch (error) {
      if (!(error instanceof FramingError) && !(error instanceof SyntaxError)) throw error;
      stdout.destroy();
      this.#receiver.onProtocolError(`The Python worker does not speak the protocol: ${error.message}`);
    }
  }
}

/** A time, and then what had come by its end, however late this process looks. */
async function turnAfter(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal });
  await nextTurn();
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new SyntaxError(`it wrote ${JSON.stringify(line.slice(0, 120))}, which is not JSON.`, { cause });
  }
}

function ignore(): void {}
