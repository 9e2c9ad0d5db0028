import type { CoverageView } from './coverage-view.ts';
import type { ListName, RunHead, RunView } from './run-view.ts';

/** What a run has more than it had at an earlier version: its head, and the items that are new or other, by their places. */
export type RunChanges = {
  /** What the view is after them; they count up from 0, an empty view. */
  version: number;
  head: Omit<RunHead, 'coverage'>;
  /** Not there: it is the same. It may be long. */
  coverage?: CoverageView | null;
} & { [List in ListName]?: [place: number, item: RunView[List][number]][] };

/** The lists of a view. */
export const LISTS = [
  'nodes',
  'iterations',
  'codeBlocks',
  'calls',
  'tools',
  'refusals',
  'remarks',
] as const satisfies readonly ListName[];

/** A view after changes; what did not change are the same objects. `view`: null before the first ones. */
export function withChanges(view: RunView | null, changes: RunChanges): RunView {
  const changed = <Item>(items: readonly Item[], places: readonly [number, Item][]): Item[] => {
    const copy = [...items];
    for (const [place, item] of places) copy[place] = item;
    return copy;
  };
  const list = <List extends ListName>(name: List) => {
    const items: RunView[List][number][] = view?.[name] ?? [];
    const places: [number, RunView[List][number]][] | undefined = changes[name];
    return places === undefined ? items : changed(items, places);
  };
  return {
    head: {
      ...changes.head,
      coverage: changes.coverage === undefined ? (view?.head.coverage ?? null) : changes.coverage,
    },
    nodes: list('nodes'),
    iterations: list('iterations'),
    codeBlocks: list('codeBlocks'),
    calls: list('calls'),
    tools: list('tools'),
    refusals: list('refusals'),
    remarks: list('remarks'),
  };
}
