import type { CallView } from '../model/call-view.ts';
import type { NodeView, RunView } from '../model/run-view.ts';
import type { Spent } from '../model/texts.ts';

/** A run that nobody works on: calls that were under way when it was cut off count, and nobody knows their cost. */
export function lostCalls(view: RunView): RunView {
  const lost = view.calls.filter(({ outcome }) => outcome === 'pending');
  if (lost.length === 0) return view;
  const calls = view.calls.map(
    (call): CallView => (call.outcome === 'pending' ? { ...call, outcome: 'abandoned' } : call),
  );
  const nodes = view.nodes.map((node): NodeView => {
    const own = lost.filter((call) => call.node === node.path).length;
    const whole = own + lost.filter((call) => call.node.startsWith(`${node.path}/`)).length;
    return whole === 0 ? node : { ...node, own: plus(node.own, own), whole: plus(node.whole, whole) };
  });
  return { ...view, head: { ...view.head, spent: plus(view.head.spent, lost.length) }, calls, nodes };
}

function plus(spent: Spent, lost: number): Spent {
  return lost === 0 ? spent : { ...spent, calls: spent.calls + lost, costUsd: null };
}
