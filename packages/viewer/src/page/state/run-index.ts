import type { CallView } from '../../model/call-view.ts';
import type { CodeBlockView, IterationView, RunView } from '../../model/run-view.ts';

/** What of a run belongs together, found once for all views. */
export interface RunIndex {
  callOf(name: string): CallView | undefined;
  iterationOf(node: string, number: number): IterationView | undefined;
  blocksOf(iteration: IterationView): CodeBlockView[];
  /** Calls that a code block asked for, in order. */
  callsOf(block: CodeBlockView): CallView[];
  /** Calls of an iteration that no code asked for: turns of the RLM itself, compactions. */
  turnsOf(iteration: IterationView): CallView[];
}

export function indexRun(view: RunView): RunIndex {
  const calls = new Map(view.calls.map((call) => [call.name, call]));
  const iterations = new Map(
    view.iterations.map((iteration) => [placeOf(iteration.node, iteration.number), iteration]),
  );
  const blocks = Map.groupBy(view.codeBlocks, ({ node, iteration }) => placeOf(node, iteration));
  const asked = Map.groupBy(view.calls, ({ node, iteration, codeBlock }) => placeOf(node, iteration, codeBlock));
  return {
    callOf: (name) => calls.get(name),
    iterationOf: (node, number) => iterations.get(placeOf(node, number)),
    blocksOf: ({ node, number }) => blocks.get(placeOf(node, number)) ?? [],
    callsOf: ({ node, iteration, number }) => asked.get(placeOf(node, iteration, number)) ?? [],
    turnsOf: ({ node, number }) => asked.get(placeOf(node, number, null)) ?? [],
  };
}

function placeOf(node: string, iteration: number, block?: number | null): string {
  return `${node} ${iteration} ${block ?? ''}`;
}
