import type { AssessEvent } from '@rlm-bridge/assess';
import type { Terminal } from './terminal.ts';

const CLEAR_LINE = '\r\u001b[2K';

/**
 * Progress over workers. On a TTY one line of stderr, rewritten, which is gone before the verdict; elsewhere plain lines
 * of stdout, so that the verdict is the first thing on stderr.
 */
export class AssessProgress {
  readonly #terminal: Terminal;
  readonly #isLive: boolean;
  readonly #isSilent: boolean;
  readonly #doing = new Map<string, string>();
  #done = 0;

  /** `isMachine`: stdout is for a program, and plain lines have no place. */
  constructor(terminal: Terminal, isMachine: boolean) {
    this.#terminal = terminal;
    this.#isLive = terminal.stderr.isTTY === true && !terminal.env.CI;
    this.#isSilent = isMachine && !this.#isLive;
  }

  show(event: AssessEvent): void {
    const { workerId } = event;
    const said = describe(event);
    if (event.type === 'worker.completed') {
      this.#done += 1;
      this.#doing.delete(workerId);
    } else if (said !== null) {
      this.#doing.set(workerId, said);
    }
    if (this.#isLive) this.#rewrite();
    else if (!this.#isSilent && said !== null && event.type !== 'sample.event') {
      this.#terminal.stdout.write(`${workerId}: ${said}\n`);
    }
  }

  /** Takes the live line away. */
  end(): void {
    if (this.#isLive) this.#terminal.stderr.write(CLEAR_LINE);
  }

  #rewrite(): void {
    const { stderr } = this.#terminal;
    const doing = [...this.#doing].map(([worker, what]) => `${worker}: ${what}`).join(' | ');
    stderr.write(`${CLEAR_LINE}${`${this.#done} judged ${doing}`.slice(0, (stderr.columns ?? 80) - 1)}`);
  }
}

/** Null: nothing that a person waits for. */
function describe(event: AssessEvent): string | null {
  switch (event.type) {
    case 'worker.started':
      return 'reading the work';
    case 'evidence.collected':
      return `${event.files} files, ${event.chars} characters`;
    case 'sample.started':
      return `judging, sample ${event.sample}`;
    case 'sample.event':
      return event.event.type === 'iteration.started' && event.event.depth === 0
        ? `sample ${event.sample}, iteration ${event.event.iteration}`
        : null;
    case 'sample.completed':
      return event.error ?? (event.costUsd === null ? 'judged, cost unknown' : `judged, $${event.costUsd.toFixed(4)}`);
    case 'worker.cached':
      return 'judged before';
    case 'worker.completed':
      return `${event.assessment.verdict}: ${event.assessment.reason}`;
  }
}
