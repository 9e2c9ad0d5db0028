import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

interface Start {
  args?: string[];
  /** Whoever it is to be; only root can start it as another. */
  user?: number;
  env?: NodeJS.ProcessEnv;
}

/** A program of test/fixtures that is told what to do by lines of its stdin, one after the other, and answers in lines of its stdout. */
export class ToldProcess implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lines: AsyncIterator<string>;
  #stderr = '';

  constructor(program: string, { args = [], user, env = process.env }: Start = {}) {
    const node = [
      process.execPath,
      '--conditions=@rlm-bridge/source',
      join(import.meta.dirname, 'fixtures', program),
      ...args,
    ];
    const [file = '', ...rest] = user === undefined ? node : ['setpriv', ...become(user), ...node];
    this.#child = spawn(file, rest, { env, cwd: user === undefined ? undefined : '/', stdio: 'pipe' });
    this.#child.stderr.setEncoding('utf8').on('data', (text) => {
      this.#stderr += text;
    });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** What it wrote there until now. */
  get stderr(): string {
    return this.#stderr;
  }

  tell(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  /** The next line that it says. */
  async hear(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`The process ended. ${this.#stderr}`);
    return value;
  }

  /** What it said until its end, and nobody has heard. */
  async hearOut(): Promise<string[]> {
    return await Array.fromAsync({ [Symbol.asyncIterator]: () => this.#lines });
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
}

/** Arguments of setpriv; it may read everything, as the checkout may be where only root can go. */
function become(user: number): string[] {
  const caps = ['--inh-caps', '+dac_read_search', '--ambient-caps', '+dac_read_search'];
  return ['--reuid', String(user), '--regid', String(user), '--clear-groups', ...caps];
}
