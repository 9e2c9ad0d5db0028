import { printable } from '@rlm-bridge/text';
import type { Sink } from './terminal.ts';

const CLEAR_LINE = '\r\u001b[2K';
const TICK_MS = 1000;

/** One line at the end of a TTY, written over again and again, that begins with the time since it was made. */
export class LiveLine {
  /** False where nothing is rewritten: no TTY, or `CI` is set, for a rewritten line is noise in a log. */
  readonly isShown: boolean;
  readonly #sink: Sink;
  readonly #startedAt = performance.now();
  #text = '';
  #ticking: NodeJS.Timeout | undefined;

  constructor(sink: Sink, env: NodeJS.ProcessEnv) {
    this.#sink = sink;
    this.isShown = sink.isTTY === true && !env.CI;
  }

  /** Never wider than the terminal; the clock goes on by itself, so that a long call does not look like a hung one. */
  rewrite(text: string): void {
    this.#text = text;
    this.#ticking ??= setInterval(() => this.#draw(), TICK_MS).unref();
    this.#draw();
  }

  /** Takes the line away, where there is one. */
  clear(): void {
    clearInterval(this.#ticking);
    this.#ticking = undefined;
    if (this.isShown) this.#sink.write(CLEAR_LINE);
  }

  #draw(): void {
    const line = `${clock(performance.now() - this.#startedAt)} ${printable(this.#text)}`;
    // A terminal that does not know its width says 0.
    this.#sink.write(`${CLEAR_LINE}${line.slice(0, (this.#sink.columns || 80) - 1)}`);
  }
}

/** Minutes and seconds: `2:05`. */
function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
