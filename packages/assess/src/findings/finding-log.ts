import type { AssessedFinding } from '../api/events.ts';

/** Findings in the order in which they came. Every reader gets all of them, from the first on. */
export class FindingLog {
  readonly #findings: AssessedFinding[] = [];
  #isOver = false;
  #changed = Promise.withResolvers<void>();

  push(findings: readonly AssessedFinding[]): void {
    this.#findings.push(...findings);
    this.#wake();
  }

  /** There are no more. */
  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  async *iterate(): AsyncGenerator<AssessedFinding, void, undefined> {
    for (let next = 0; ; ) {
      const changed = this.#changed.promise;
      for (const finding of this.#findings.slice(next)) {
        next += 1;
        yield finding;
      }
      if (next < this.#findings.length) continue;
      if (this.#isOver) return;
      await changed;
    }
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}
