import { LISTS, type RunChanges } from '../model/run-changes.ts';
import type { ListName, RunView } from '../model/run-view.ts';

/** The newest view of a run, and since which version each of its items is as it is. */
export class RunVersions {
  readonly #since: Record<ListName, number[]> = {
    nodes: [],
    iterations: [],
    codeBlocks: [],
    calls: [],
    tools: [],
    refusals: [],
    remarks: [],
  };
  #view: RunView | null = null;
  #version = 0;
  /** Since which version the coverage is as it is. */
  #coveredSince = 0;

  /** How often the view has changed; 0: there is none yet. */
  get version(): number {
    return this.#version;
  }

  /** Takes the next view, whose unchanged items are the same objects as before. */
  take(view: RunView): void {
    this.#version += 1;
    for (const list of LISTS) {
      const before: readonly unknown[] = this.#view?.[list] ?? [];
      for (const [place, item] of view[list].entries()) {
        if (item !== before[place]) this.#since[list][place] = this.#version;
      }
    }
    if (this.#view === null || view.head.coverage !== this.#view.head.coverage) this.#coveredSince = this.#version;
    this.#view = view;
  }

  /** What whoever has an earlier version lacks; null: nothing. */
  changesAfter(version: number): RunChanges | null {
    const view = this.#view;
    if (view === null || version === this.#version) return null;
    const of = <Item>(items: readonly Item[], since: readonly number[]): [number, Item][] =>
      [...items.entries()].filter(([place]) => (since[place] ?? 0) > version);
    const { coverage, ...head } = view.head;
    return {
      version: this.#version,
      head,
      ...(this.#coveredSince > version && { coverage }),
      nodes: of(view.nodes, this.#since.nodes),
      iterations: of(view.iterations, this.#since.iterations),
      codeBlocks: of(view.codeBlocks, this.#since.codeBlocks),
      calls: of(view.calls, this.#since.calls),
      tools: of(view.tools, this.#since.tools),
      refusals: of(view.refusals, this.#since.refusals),
      remarks: of(view.remarks, this.#since.remarks),
    };
  }
}
