import type { CallView } from '../../model/call-view.ts';
import type { CodeBlockView, IterationView, RunView } from '../../model/run-view.ts';
import type { RunIndex } from '../state/run-index.ts';

/** From one place on the axis to another. */
interface Span {
  from: number;
  to: number;
}

/** Something that took time; `waits` of a code block is the time in which calls of it, or RLMs below, were under way. */
export type Bar =
  | { kind: 'iteration'; from: number; to: number; iteration: IterationView }
  | { kind: 'block'; from: number; to: number; block: CodeBlockView; waits: readonly Span[] }
  | { kind: 'call'; from: number; to: number; call: CallView };

/** A line of the timeline: an iteration with its turn of the model and its code blocks, or calls of one lane. */
export interface Row {
  kind: 'iteration' | 'lane';
  /** What stands beside it; lanes below the first have none. */
  label: string;
  /** Levels of the RLM that it belongs to, below the root. */
  depth: number;
  bars: Bar[];
  height: number;
}

const ITERATION_HEIGHT = 26;
/** Lanes of a code block that asks for many calls at once are lower. */
const LANE_HEIGHTS = [
  { lanes: 12, height: 16 },
  { lanes: 40, height: 9 },
  { lanes: Number.POSITIVE_INFINITY, height: 5 },
];

/** Every line of the timeline, from its top; times are places on the axis, by `place`. */
export function rowsOf(view: RunView, index: RunIndex, place: (time: number) => number, now: number): Row[] {
  const depthOf = new Map(view.nodes.map(({ path, depth }) => [path, depth]));
  const span = (item: { startedAt: number | null; endedAt: number | null }) => {
    const from = place(item.startedAt ?? now);
    return { from, to: Math.max(from, place(item.endedAt ?? now)) };
  };
  const barOf = (call: CallView): Bar => ({ kind: 'call', ...span(call), call });
  const before = view.calls.filter((call) => call.codeBlock === null && !index.iterationOf(call.node, call.iteration));
  const childrenOf = ({ node, iteration, number }: CodeBlockView) =>
    view.nodes.filter(
      ({ parent, from, startedAt }) =>
        parent === node && startedAt !== null && from?.iteration === iteration && from.codeBlock === number,
    );
  const rows: Row[] = [];
  if (before.length > 0) rows.push(...lanesOf(before.map(barOf), 0, 'Beside the iterations'));
  for (const iteration of view.iterations) {
    const depth = depthOf.get(iteration.node) ?? 0;
    const blocks = index.blocksOf(iteration);
    rows.push({
      kind: 'iteration',
      label: iteration.node === '0' ? `Iteration ${iteration.number}` : `${iteration.node} · ${iteration.number}`,
      depth,
      height: ITERATION_HEIGHT,
      bars: [
        { kind: 'iteration', ...span(iteration), iteration },
        ...index.turnsOf(iteration).map(barOf),
        ...blocks.map(
          (block): Bar => ({
            kind: 'block',
            ...span(block),
            block,
            waits: union([...index.callsOf(block), ...childrenOf(block)].map(span)),
          }),
        ),
      ],
    });
    for (const block of blocks) {
      const calls = index.callsOf(block).map(barOf);
      if (calls.length > 0)
        rows.push(...lanesOf(calls, depth, `${calls.length} sub-call${calls.length === 1 ? '' : 's'}`));
    }
  }
  return rows;
}

/** Spans joined where they meet. */
function union(spans: readonly Span[]): Span[] {
  const joined: Span[] = [];
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else joined.push({ from, to });
  }
  return joined;
}

/** Bars in as few lanes as there are under way at once. */
function lanesOf(bars: Bar[], depth: number, label: string): Row[] {
  const lanes: Bar[][] = [];
  for (const bar of bars.toSorted((a, b) => a.from - b.from)) {
    const free = lanes.find((lane) => (lane.at(-1)?.to ?? 0) <= bar.from);
    if (free) free.push(bar);
    else lanes.push([bar]);
  }
  const height = LANE_HEIGHTS.find((step) => lanes.length <= step.lanes)?.height ?? 5;
  return lanes.map((lane, place) => ({ kind: 'lane', label: place === 0 ? label : '', depth, bars: lane, height }));
}

/** How many calls are under way: `[place on the axis, calls from there on]`, in order. */
export function concurrencyOf(
  calls: readonly CallView[],
  place: (time: number) => number,
  now: number,
): [at: number, count: number][] {
  const steps = calls
    .filter(({ outcome, startedAt }) => outcome !== 'replayed' && startedAt !== null)
    .flatMap(({ startedAt, endedAt }): [number, number][] => [
      [thousandths(place(startedAt ?? now)), 1],
      [thousandths(place(endedAt ?? now)), -1],
    ])
    .toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
  const counts: [number, number][] = [];
  let count = 0;
  for (const [at, change] of steps) {
    count += change;
    const last = counts.at(-1);
    if (last?.[0] === at) last[1] = count;
    else counts.push([at, count]);
  }
  return counts;
}

/** Times of a log are sums of fractions: what ends when the next one begins does so at the same thousandth. */
function thousandths(at: number): number {
  return Math.round(at * 1000) / 1000;
}
