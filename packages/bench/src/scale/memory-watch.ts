import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The most memory that this process and all below it take, without those in `but`, looked at from a process beside it. */
export class MemoryWatch implements AsyncDisposable {
  readonly #process: ChildProcess;

  constructor(but: readonly number[] = []) {
    const program = fileURLToPath(new URL('./memory-program.ts', import.meta.url));
    this.#process = fork(program, [process.pid, ...but].map(String));
  }

  /** In MB, so far; pages that several share are counted once. */
  async mostMb(): Promise<number> {
    const reply = once(this.#process, 'message');
    this.#process.send('tell');
    return ((await reply) as [number])[0];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.disconnect();
    await ended;
  }
}
