import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import type { WorkerCommand } from '../../python/python-command.ts';
import { refer } from '../handles.ts';
import { StderrTail } from '../stderr-tail.ts';
import type { WorkerExit } from '../worker-child.ts';
import { ForkedChild, type ForkOwner, type ForkRequest, killProcessGroup } from './forked-child.ts';
import { TemplateMessage } from './template-message.ts';

/** Of a worker that the machine did not let begin. */
const NOT_BEGUN: WorkerExit = { exitCode: 1, signal: null, spawnError: null };

export interface TemplateWatcher {
  /** The last of its workers is gone. */
  onIdle(template: WorkerTemplate): void;
  /** It takes no more requests. */
  onLeaving(template: WorkerTemplate): void;
  /** It is gone, before it served these. */
  onUnserved(children: ForkedChild[]): void;
}

/**
 * The process that workers are forked from: it has imported what they need, and holds nothing of any run. It ends with Node,
 * whose end is the end of its channel. When it is killed its workers go on.
 */
export class WorkerTemplate implements ForkOwner {
  readonly exited: Promise<WorkerExit>;
  readonly #process: ChildProcess;
  readonly #stderr: StderrTail | undefined;
  readonly #refer: (keeps: boolean) => void;
  readonly #watcher: TemplateWatcher;
  /** By the number that the template knows them by. */
  readonly #children = new Map<number, ForkedChild>();
  #count = 0;
  #hasServed = false;

  /** @throws what Node throws when it cannot try to start it. */
  constructor({ file, args, env }: WorkerCommand, watcher: TemplateWatcher) {
    this.#watcher = watcher;
    this.#process = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env, detached: true });
    const { stderr, channel } = this.#process;
    if (stderr) this.#stderr = new StderrTail(stderr);
    this.#refer = refer([this.#process, channel, stderr]);
    this.#process.on('message', (message, handle) => this.#receive(TemplateMessage.parse(message), handle));
    this.exited = this.#waitForExit();
  }

  get isIdle(): boolean {
    return this.#children.size === 0;
  }

  fork(request: ForkRequest): ForkedChild {
    const child = new ForkedChild(request, this);
    this.adopt(child);
    return child;
  }

  /** Asks for one that another template did not serve. */
  adopt(child: ForkedChild): void {
    const worker = ++this.#count;
    child.owner = this;
    this.#children.set(worker, child);
    this.hold();
    this.#tell({ type: 'fork', worker, ...child.request });
  }

  hold(): void {
    this.#refer([...this.#children.values()].some(({ keepsNode }) => keepsNode));
  }

  /** One that still imports, for nobody, may hang: it is ended. What another forks nevertheless ends by itself. */
  giveUp(child: ForkedChild, signal: NodeJS.Signals): void {
    const isLast = [...this.#children.values()].every((one) => one === child);
    const { pid } = this.#process;
    if (isLast && !this.#hasServed && pid !== undefined) {
      this.#watcher.onLeaving(this);
      killProcessGroup(pid, signal);
    } else {
      for (const [worker, one] of this.#children) if (one === child) this.#forget(worker);
      child.end({ exitCode: null, signal, spawnError: null });
    }
  }

  /** Asks it to go, as it has no workers; resolves when it is gone. */
  async end(): Promise<void> {
    this.#watcher.onLeaving(this);
    this.#refer(true);
    this.#tell({ type: 'end' });
    await this.exited;
  }

  /** That it cannot be told is told by its end. */
  #tell(message: object): void {
    if (this.#process.connected) this.#process.send(message, ignore);
  }

  #receive(message: TemplateMessage, handle: unknown): void {
    this.#hasServed = true;
    const child = this.#children.get(message.worker);
    if (message.type === 'stream') {
      if (!(handle instanceof Socket)) return;
      if (child === undefined) handle.destroy();
      else child.take(handle, message.pid);
      return;
    }
    this.#forget(message.worker);
    if (message.type === 'failed') child?.end(NOT_BEGUN, message.message);
    else child?.end({ exitCode: message.exitCode, signal: message.signal, spawnError: null });
  }

  #forget(worker: number): void {
    this.#children.delete(worker);
    this.hold();
    if (this.isIdle) this.#watcher.onIdle(this);
  }

  async #waitForExit(): Promise<WorkerExit> {
    const exit = await exitOf(this.#process);
    const children = [...this.#children.values()];
    this.#children.clear();
    this.#refer(false);
    const unserved = children.filter(({ isThere }) => !isThere);
    for (const child of children) if (child.isThere) child.orphan();
    this.#watcher.onLeaving(this);
    if (this.#hasServed) this.#watcher.onUnserved(unserved);
    else for (const child of unserved) child.end(exit, this.#stderr?.text);
    return exit;
  }
}

/** Once it has closed its stderr too, or was never there. */
async function exitOf(process: ChildProcess): Promise<WorkerExit> {
  return await new Promise((resolve) => {
    process.once('close', (exitCode, signal) => resolve({ exitCode, signal, spawnError: null }));
    process.on('error', (spawnError) => {
      if (process.pid === undefined) resolve({ exitCode: null, signal: null, spawnError });
    });
  });
}

function ignore(): void {}
