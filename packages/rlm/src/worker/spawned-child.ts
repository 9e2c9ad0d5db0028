import type { Writable } from 'node:stream';
import { execa } from 'execa';
import type { WorkerCommand } from '../python/python-command.ts';
import { refer } from './handles.ts';
import type { WorkerChild, WorkerExit, WorkerStreams } from './worker-child.ts';

/** The descriptor on which the worker reads keys: never argv, environment or the wire. */
const SECRETS_FD = 3;

/** A worker that is a program of its own. */
export class SpawnedChild implements WorkerChild {
  readonly streams: Promise<WorkerStreams | undefined>;
  readonly ended: Promise<WorkerExit>;
  readonly startWords = '';
  readonly #subprocess;
  readonly #refer: (keeps: boolean) => void;

  constructor({ file, args, env }: WorkerCommand) {
    this.#subprocess = execa(file, args, {
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      env,
      extendEnv: false,
      buffer: false,
      reject: false,
      killDescendants: true,
      forceKillAfterDelay: false,
    });
    const { nodeChildProcess, stdin, stdout, stderr, stdio, pid } = this.#subprocess;
    const secrets = stdio[SECRETS_FD] as unknown as Writable;
    this.#refer = refer([nodeChildProcess, ...stdio]);
    this.streams = Promise.resolve(pid === undefined ? undefined : { stdin, stdout, stderr, secrets });
    this.ended = this.#end();
  }

  kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    this.#subprocess.kill(signal);
  }

  ref(): void {
    this.#refer(true);
  }

  unref(): void {
    this.#refer(false);
  }

  async #end(): Promise<WorkerExit> {
    const { nodeChildProcess, pid } = this.#subprocess;
    if (pid === undefined) {
      const { cause } = await this.#subprocess;
      return { exitCode: null, signal: null, spawnError: cause instanceof Error ? cause : new Error('spawn failed') };
    }
    const exit = await new Promise<WorkerExit>((resolve) => {
      nodeChildProcess.once('exit', (exitCode, signal) => resolve({ exitCode, signal, spawnError: null }));
    });
    // What is left of its group has lost its purpose.
    this.kill('SIGKILL');
    return exit;
  }
}
