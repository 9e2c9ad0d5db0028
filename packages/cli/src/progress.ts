import type { RLMEvent, RLMRun } from 'rlm-bridge';
import type { Sink } from './terminal.ts';

const CLEAR_LINE = '\r\u001b[2K';

/** A run's state in one line: rewritten in place on a TTY, a line for each iteration elsewhere. */
export class RunProgress {
  readonly #sink: Sink;
  readonly #isLive: boolean;
  #iteration = 0;
  #subCalls = 0;
  #cost: number | null = 0;

  /** `CI` counts as no TTY: a rewritten line is noise in a log. */
  constructor(sink: Sink, env: NodeJS.ProcessEnv) {
    this.#sink = sink;
    this.#isLive = sink.isTTY === true && !env.CI;
  }

  /** Shows a run until it ends. */
  async follow(run: RLMRun<unknown>): Promise<void> {
    for await (const event of run) this.show(event);
    if (this.#isLive) this.#sink.write(CLEAR_LINE);
  }

  show(event: RLMEvent): void {
    const remark = remarkOn(event);
    if (remark !== null) this.#line(remark);
    if (event.type === 'iteration.started' && event.depth === 0) this.#iteration = event.iteration;
    if (event.type === 'call.completed') {
      this.#subCalls = event.totals.subCalls;
      this.#cost = event.totals.costUsd;
    }
    if (this.#isLive) this.#sink.write(`${CLEAR_LINE}${this.#state().slice(0, (this.#sink.columns ?? 80) - 1)}`);
    else if (event.type === 'iteration.completed' && event.depth === 0) this.#line(this.#state());
  }

  #line(text: string): void {
    this.#sink.write(`${this.#isLive ? CLEAR_LINE : ''}${text}\n`);
  }

  #state(): string {
    const cost = this.#cost === null ? 'cost unknown' : `$${this.#cost.toFixed(4)}`;
    return `iteration ${this.#iteration}, ${this.#subCalls} sub-calls, ${cost}`;
  }
}

/** What is worth a line of its own. */
function remarkOn(event: RLMEvent): string | null {
  if (event.type === 'log' && event.level !== 'info') return `${event.level}: ${event.message}`;
  if (event.type !== 'answer.rejected') return null;
  return `iteration ${event.iteration}: answer refused: ${event.problems.map(({ message }) => message).join('; ')}`;
}
