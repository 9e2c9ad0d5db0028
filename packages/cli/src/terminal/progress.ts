import { counted, printable } from '@rlm-bridge/text';
import type { RLMEvent, RLMRun } from 'rlm-bridge';
import { LiveLine } from './live-line.ts';
import type { Sink } from './terminal.ts';

/** A run's state in one line: rewritten in place on a TTY, a line for each iteration elsewhere. */
export class RunProgress {
  readonly #sink: Sink;
  readonly #live: LiveLine;
  #doing = 'starting';
  #subCalls = 0;
  #cost: number | null = 0;

  constructor(sink: Sink, env: NodeJS.ProcessEnv) {
    this.#sink = sink;
    this.#live = new LiveLine(sink, env);
  }

  /** Shows a run until it ends. */
  async follow(run: RLMRun<unknown>): Promise<void> {
    for await (const event of run) this.show(event);
    this.#live.clear();
  }

  show(event: RLMEvent): void {
    const remark = remarkOn(event);
    if (remark !== null) this.#line(remark);
    if (event.type === 'strategy.chosen' && event.strategy === 'direct') this.#doing = 'one prompt';
    if (event.type === 'iteration.started' && event.depth === 0) this.#doing = `iteration ${event.iteration}`;
    if (event.type === 'call.completed') {
      this.#subCalls = event.totals.subCalls;
      this.#cost = event.totals.costUsd;
    }
    if (this.#live.isShown) this.#live.rewrite(this.#state());
    else if (event.type === 'iteration.completed' && event.depth === 0) this.#line(this.#state());
  }

  #line(text: string): void {
    this.#live.clear();
    this.#sink.write(`${printable(text)}\n`);
  }

  #state(): string {
    const cost = this.#cost === null ? 'cost unknown' : `$${this.#cost.toFixed(4)}`;
    return `${this.#doing}, ${counted(this.#subCalls, 'sub-call')}, ${cost}`;
  }
}

/** What is worth a line of its own. */
function remarkOn(event: RLMEvent): string | null {
  if (event.type === 'log' && event.level !== 'info') return `${event.level}: ${event.message}`;
  if (event.type !== 'answer.rejected') return null;
  return `iteration ${event.iteration}: answer refused: ${event.problems.map(({ message }) => message).join('; ')}`;
}
