import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { NodeView } from '../../model/run-view.ts';
import type { Spent } from '../../model/texts.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { ShareBar } from '../parts/share-bar.tsx';
import { useShownRun } from '../state/run-context.ts';
import { Visible } from '../texts/visible.tsx';
import { formatCount, formatDuration, formatShort, formatUsd } from '../words/numbers.ts';

/** The RLMs of the run: what each asked and spent itself, and with all that are below it. */
export function TreeView({ isNarrow = false }: { isNarrow?: boolean }): JSX.Element {
  const { id, view } = useShownRun();
  const columns = useMemo(
    () => columnsOf(view.nodes).filter(({ isExtra }) => !isNarrow || !isExtra),
    [view.nodes, isNarrow],
  );
  const rows = useMemo(() => inTreeOrder(view.nodes), [view.nodes]);
  return (
    <div class="tree">
      <DataTable
        label="RLMs of the run"
        rows={rows}
        columns={columns}
        keyOf={({ path }) => path}
        routeOf={({ path }) => ({ page: 'iteration', run: id, node: path, number: 1 })}
        empty="No RLM has begun."
      />
    </div>
  );
}

function columnsOf(nodes: readonly NodeView[]): Column<NodeView>[] {
  const all = tokens(nodes[0]?.whole);
  return [
    {
      name: 'RLM',
      width: 'minmax(120px, 1.6fr)',
      leads: true,
      cell: ({ path, depth, query }) => (
        <span class="tree-name" style={{ '--depth': depth }} title={query?.head}>
          <b>{path === '0' ? 'root' : path}</b> <span class="muted">{<Visible text={query?.head ?? ''} />}</span>
        </span>
      ),
    },
    { name: 'Model', width: 'minmax(80px, 150px)', isExtra: true, cell: ({ model }) => <Visible text={model} /> },
    {
      name: 'Answer',
      width: 'minmax(80px, 1fr)',
      isExtra: true,
      cell: ({ answer }) => <Visible text={answer?.head ?? ''} />,
    },
    {
      name: 'Time',
      width: '84px',
      isNumber: true,
      isExtra: true,
      cell: (node) => formatDuration(msOf(node)),
      by: msOf,
    },
    {
      name: 'Calls',
      width: '64px',
      isNumber: true,
      cell: ({ own }) => formatCount(own.calls),
      by: ({ own }) => own.calls,
    },
    {
      name: 'calls with below',
      title: 'with below',
      width: '88px',
      isNumber: true,
      cell: ({ whole }) => formatCount(whole.calls),
      by: ({ whole }) => whole.calls,
    },
    {
      name: 'Tokens',
      width: '72px',
      isNumber: true,
      isExtra: true,
      cell: ({ own }) => formatShort(tokens(own)),
      by: ({ own }) => tokens(own),
    },
    {
      name: 'tokens with below',
      title: 'with below',
      width: '88px',
      isNumber: true,
      isExtra: true,
      cell: ({ whole }) => formatShort(tokens(whole)),
      by: ({ whole }) => tokens(whole),
    },
    {
      name: 'USD',
      width: '76px',
      isNumber: true,
      cell: ({ own }) => formatUsd(own.costUsd),
      by: ({ own }) => own.costUsd,
    },
    {
      name: 'USD with below',
      title: 'with below',
      width: '88px',
      isNumber: true,
      cell: ({ whole }) => formatUsd(whole.costUsd),
      by: ({ whole }) => whole.costUsd,
    },
    {
      name: 'Share of tokens',
      width: '120px',
      isExtra: true,
      cell: ({ own, whole }) => (
        <ShareBar
          title={`${formatShort(tokens(own))} of its own, ${formatShort(tokens(whole))} with all below`}
          shares={[
            { share: tokens(own) / (all || 1), paint: 'paint-root' },
            { share: (tokens(whole) - tokens(own)) / (all || 1), paint: 'paint-sub' },
          ]}
        />
      ),
    },
  ];
}

/** Each node before those below it. */
function inTreeOrder(nodes: readonly NodeView[]): NodeView[] {
  const children = Map.groupBy(nodes, ({ parent }) => parent);
  const walk = (node: NodeView): NodeView[] => [node, ...(children.get(node.path) ?? []).flatMap(walk)];
  return (children.get(null) ?? []).flatMap(walk);
}

function tokens(spent: Spent | undefined): number {
  return spent ? spent.inputTokens + spent.outputTokens : 0;
}

function msOf({ startedAt, endedAt }: NodeView): number | null {
  return startedAt === null || endedAt === null ? null : endedAt - startedAt;
}
