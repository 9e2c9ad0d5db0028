import type { AssessEvent } from '@rlm-bridge/assess';
import { printable } from '@rlm-bridge/text';
import { AssessState } from './assess-state.ts';
import { LiveLine } from './live-line.ts';
import type { Terminal } from './terminal.ts';

/** How long a log may be silent: a job without a word looks hung, and some are ended for it. */
const HEARTBEAT_MS = 60_000;

/**
 * Progress over workers. On a TTY one line of stderr, rewritten, which is gone before the verdict; elsewhere plain lines
 * of stdout, one a minute at least, so that the verdict is the first thing on stderr.
 */
export class AssessProgress {
  readonly #terminal: Terminal;
  readonly #live: LiveLine;
  readonly #state: AssessState;
  readonly #isSilent: boolean;
  #heartbeat: NodeJS.Timeout | undefined;

  /** `isMachine`: stdout is for a program, and plain lines have no place. */
  constructor(terminal: Terminal, { workers, isMachine }: { workers: number; isMachine: boolean }) {
    this.#terminal = terminal;
    this.#live = new LiveLine(terminal.stderr, terminal.env);
    this.#state = new AssessState(workers);
    this.#isSilent = isMachine && !this.#live.isShown;
  }

  show(event: AssessEvent): void {
    const status = this.#state.take(event);
    const { totals, doing } = this.#state;
    if (this.#live.isShown) this.#live.rewrite([totals, doing].filter((part) => part !== '').join('; '));
    else if (!this.#isSilent) this.#log(event, status);
  }

  /** Takes the live line away, and is silent from now on. */
  end(): void {
    this.#live.clear();
    clearInterval(this.#heartbeat);
  }

  #log(event: AssessEvent, status: string | null): void {
    this.#heartbeat ??= setInterval(
      () => this.#line(`${this.#state.totals}; ${this.#state.doing}`),
      HEARTBEAT_MS,
    ).unref();
    if (status === null || event.type === 'sample.event') return;
    this.#line(`${event.workerId}: ${status}`);
    this.#heartbeat.refresh();
  }

  #line(text: string): void {
    this.#terminal.stdout.write(`${printable(text)}\n`);
  }
}
