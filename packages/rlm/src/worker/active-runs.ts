import { RLMError } from '../api/errors.ts';
import { Redactor } from '../host/redactor.ts';
import type { ActiveRun, HostFailure } from './active-run.ts';

/** The runs of a worker of which it has not said its last word, by their ids. */
export class ActiveRuns {
  readonly #runs = new Map<string, ActiveRun>();

  get size(): number {
    return this.#runs.size;
  }

  get(id: string): ActiveRun | undefined {
    return this.#runs.get(id);
  }

  has(run: ActiveRun): boolean {
    return this.#runs.get(run.id) === run;
  }

  /** @throws {RLMError} `run_in_progress` when another has its id. */
  add(run: ActiveRun): void {
    if (this.#runs.has(run.id)) {
      const advice = 'Await it, or give another runId.';
      throw new RLMError('run_in_progress', `A run with the id "${run.id}" is going on. ${advice}`);
    }
    this.#runs.set(run.id, run);
  }

  delete(run: ActiveRun): void {
    this.#runs.delete(run.id);
  }

  /** All of them end without a word of the worker, each with its own bill. What it said last may be of any of them. */
  fail(failure: HostFailure): void {
    const runs = [...this.#runs.values()];
    const told = runs.reduce((rest, { request }) => new Redactor(request).redact(rest), failure);
    for (const run of runs) run.fail(told);
  }

  warn(message: string): void {
    for (const run of this.#runs.values()) {
      run.receive({ type: 'log', id: run.id, at: Date.now(), level: 'warning', message });
    }
  }

  [Symbol.iterator](): Iterator<ActiveRun> {
    return this.#runs.values();
  }
}
