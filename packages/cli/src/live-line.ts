import { printable } from '@rlm-bridge/assess';
import type { Sink } from './terminal.ts';

const CLEAR_LINE = '\r\u001b[2K';

/** One line at the end of a TTY, written over again and again. */
export class LiveLine {
  /** False where nothing is rewritten: no TTY, or `CI` is set, for a rewritten line is noise in a log. */
  readonly isShown: boolean;
  readonly #sink: Sink;

  constructor(sink: Sink, env: NodeJS.ProcessEnv) {
    this.#sink = sink;
    this.isShown = sink.isTTY === true && !env.CI;
  }

  /** Never wider than the terminal. */
  rewrite(text: string): void {
    this.#sink.write(`${CLEAR_LINE}${printable(text).slice(0, (this.#sink.columns ?? 80) - 1)}`);
  }

  /** Takes the line away, where there is one. */
  clear(): void {
    if (this.isShown) this.#sink.write(CLEAR_LINE);
  }
}
