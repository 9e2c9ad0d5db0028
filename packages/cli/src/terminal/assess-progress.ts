import { type AssessEvent, counted, printable } from '@rlm-bridge/assess';
import { inFlags, workerInFlags } from '../exit/flag-words.ts';
import { LiveLine } from './live-line.ts';
import type { Terminal } from './terminal.ts';

/**
 * Progress over workers. On a TTY one line of stderr, rewritten, which is gone before the verdict; elsewhere plain lines
 * of stdout, so that the verdict is the first thing on stderr.
 */
export class AssessProgress {
  readonly #terminal: Terminal;
  readonly #live: LiveLine;
  readonly #isSilent: boolean;
  readonly #doing = new Map<string, string>();
  #done = 0;

  /** `isMachine`: stdout is for a program, and plain lines have no place. */
  constructor(terminal: Terminal, isMachine: boolean) {
    this.#terminal = terminal;
    this.#live = new LiveLine(terminal.stderr, terminal.env);
    this.#isSilent = isMachine && !this.#live.isShown;
  }

  show(event: AssessEvent): void {
    const { workerId } = event;
    const status = describe(event);
    if (event.type === 'worker.completed') {
      this.#done += 1;
      this.#doing.delete(workerId);
    } else if (status !== null) {
      this.#doing.set(workerId, status);
    }
    if (this.#live.isShown) this.#rewrite();
    else if (!this.#isSilent && status !== null && event.type !== 'sample.event') {
      this.#terminal.stdout.write(`${printable(`${workerId}: ${status}`)}\n`);
    }
  }

  /** Takes the live line away. */
  end(): void {
    this.#live.clear();
  }

  #rewrite(): void {
    const doing = [...this.#doing].map(([worker, what]) => `${worker}: ${what}`).join(' | ');
    this.#live.rewrite(`${this.#done} judged ${doing}`);
  }
}

/** Null: nothing that a person waits for. */
function describe(event: AssessEvent): string | null {
  switch (event.type) {
    case 'worker.started':
      return 'reading the work';
    case 'evidence.collected':
      return `${counted(event.files, 'file')}, ${counted(event.chars, 'character')}`;
    case 'sample.started':
      return `judging, sample ${event.sample}`;
    case 'sample.event':
      return event.event.type === 'iteration.started' && event.event.depth === 0
        ? `sample ${event.sample}, iteration ${event.event.iteration}`
        : null;
    case 'sample.completed':
      if (event.error !== null) return inFlags(event.error);
      return event.costUsd === null ? 'judged, cost unknown' : `judged, $${event.costUsd.toFixed(4)}`;
    case 'worker.cached':
      return 'judged before';
    case 'worker.completed':
      return `${event.assessment.verdict.replaceAll('_', ' ')}: ${workerInFlags(event.assessment).reason}`;
  }
}
