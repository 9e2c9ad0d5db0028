import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

function start(program: string, ...args: string[]): ChildProcessByStdio<Writable, Readable, null> {
  const argv = ['--conditions=source', join(import.meta.dirname, 'fixtures', program), ...args];
  return spawn(process.execPath, argv, { stdio: ['pipe', 'pipe', 'inherit'] });
}

/** A process that does with a folder of runs what it is told. */
export class StoreProcess implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  private constructor(folder: string) {
    this.#child = start('obeys-in-a-store.mts', folder);
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  static async start(folder: string): Promise<StoreProcess> {
    const process = new StoreProcess(folder);
    await process.#line();
    return process;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** What comes of a command: `done`, with its result, or the code of its error. */
  async ask(command: string): Promise<string> {
    this.#child.stdin.write(`${command}\n`);
    for (;;) {
      const line = await this.#line();
      if (!line.startsWith('lost ')) return line;
    }
  }

  /** The next thing it says unasked. */
  async hear(): Promise<string> {
    return await this.#line();
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  async #line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('The process ended.');
    return value;
  }
}

/** Has a process append to a run, and kills it once it was told so often that lines are there: their numbers. */
export async function appendUntilKilled(folder: string, runId: string, killAfter: number): Promise<number[]> {
  const child = start('appends-without-end.mts', folder, runId);
  const exited = once(child, 'exit');
  const told: number[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    told.push(...line.split(' ').map(Number));
    if (told.length >= killAfter) child.kill('SIGKILL');
  }
  await exited;
  return told;
}
