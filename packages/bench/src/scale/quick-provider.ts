import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What the provider is to say: the root's turns in order, one reply to every other prompt, each after `delayMs`. */
export interface Asked {
  readonly rootModel: string;
  readonly turns: readonly string[];
  readonly reply: string;
  readonly delayMs: number;
}

/** What it has served since it was last asked something else; `firstAt` in milliseconds of the epoch. */
export interface Told {
  readonly served: number;
  readonly firstAt: number | null;
}

/** An OpenAI-compatible provider that is never the bottleneck: in a process of its own, and with nothing to think about. */
export class QuickProvider implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly url: string;

  private constructor(process: ChildProcess, port: number) {
    this.#process = process;
    this.url = `http://127.0.0.1:${port}/v1`;
  }

  static async start(): Promise<QuickProvider> {
    const child = fork(fileURLToPath(new URL('./provider-program.ts', import.meta.url)));
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    return new QuickProvider(child, port);
  }

  get pid(): number {
    return this.#process.pid as number;
  }

  async ask(asked: Asked): Promise<void> {
    await this.#say(asked);
  }

  async told(): Promise<Told> {
    return await this.#say('tell');
  }

  async #say(message: Asked | 'tell'): Promise<Told> {
    const reply = once(this.#process, 'message');
    this.#process.send(message);
    return ((await reply) as [Told])[0];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.disconnect();
    await ended;
  }
}
