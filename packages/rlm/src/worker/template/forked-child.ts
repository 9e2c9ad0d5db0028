import type { Socket } from 'node:net';
import { refer } from '../handles.ts';
import type { WorkerChild, WorkerExit, WorkerStreams } from '../worker-child.ts';

/** What a fork is told of itself. */
export interface ForkRequest {
  readonly cwd: string;
  /** Variables that it has besides the template's. */
  readonly environment: Record<string, string>;
  /** Its REPLs are forked, too: from a process that the template keeps for all workers. */
  readonly local: boolean;
}

/** The template, as far as its forks see it. */
export interface ForkOwner {
  /** Looks anew which of its forks keep Node alive. */
  hold(): void;
  /** Nobody wants this one any more, which is not there yet. */
  giveUp(child: ForkedChild, signal: NodeJS.Signals): void;
}

/** Of how a worker ended nothing is known when what it was forked from has gone before it. */
const UNSEEN: WorkerExit = { exitCode: null, signal: null, spawnError: null };

/** A worker that is forked from a template: asked for, there with all of its streams, gone. */
export class ForkedChild implements WorkerChild {
  readonly request: ForkRequest;
  /** Whose it is: a request that a template did not live to serve goes to the next. */
  owner: ForkOwner;
  startWords = '';
  readonly #streams = Promise.withResolvers<WorkerStreams | undefined>();
  readonly #ended = Promise.withResolvers<WorkerExit>();
  readonly #sockets: Socket[] = [];
  #refer: ((keeps: boolean) => void) | undefined;
  #pid: number | undefined;
  #isWanted = true;
  #isOver = false;

  constructor(request: ForkRequest, owner: ForkOwner) {
    this.request = request;
    this.owner = owner;
  }

  get streams(): Promise<WorkerStreams | undefined> {
    return this.#streams.promise;
  }

  get ended(): Promise<WorkerExit> {
    return this.#ended.promise;
  }

  get isThere(): boolean {
    return this.#pid !== undefined;
  }

  /** Whether Node is to live until the template has told how it ended. */
  get keepsNode(): boolean {
    return this.#isWanted && !this.#isOver;
  }

  kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    if (this.#isOver) return;
    if (this.#pid === undefined) this.owner.giveUp(this, signal);
    else killProcessGroup(this.#pid, signal);
  }

  ref(): void {
    this.#want(true);
  }

  unref(): void {
    this.#want(false);
  }

  /** One of its streams, in their order; it is there with the last. */
  take(socket: Socket, pid: number): void {
    this.#sockets.push(socket);
    const [stdin, stdout, stderr, secrets] = this.#sockets;
    if (stdin === undefined || stdout === undefined || stderr === undefined || secrets === undefined) return;
    this.#pid = pid;
    this.#refer = refer(this.#sockets);
    this.#refer(this.#isWanted);
    this.#streams.resolve({ stdin, stdout, stderr, secrets });
  }

  /** It is gone, or never came. */
  end(exit: WorkerExit, startWords = ''): void {
    this.#isOver = true;
    this.startWords = startWords;
    if (!this.isThere) for (const socket of this.#sockets) socket.destroy();
    this.#streams.resolve(undefined);
    this.#ended.resolve(exit);
  }

  /** Nobody will tell of its end: it comes when it says no more. */
  orphan(): void {
    const onClose = () => {
      this.kill('SIGKILL');
      this.end(UNSEEN);
    };
    const [, stdout] = this.#sockets;
    if (stdout === undefined || stdout.closed) onClose();
    else stdout.once('close', onClose);
  }

  #want(isWanted: boolean): void {
    this.#isWanted = isWanted;
    this.#refer?.(isWanted);
    this.owner.hold();
  }
}

/** Does nothing when it is gone. */
export function killProcessGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left in it.
  }
}
