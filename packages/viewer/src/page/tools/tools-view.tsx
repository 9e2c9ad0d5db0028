import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { ToolView } from '../../model/call-view.ts';
import { Badge } from '../parts/badge.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Notice } from '../parts/notice.tsx';
import { useShownRun } from '../state/run-context.ts';
import { TextBox } from '../texts/text-box.tsx';
import { Visible } from '../texts/visible.tsx';
import { formatDuration } from '../words/numbers.ts';

/** Calls of the host's tools, and the one that was chosen with its arguments and its result. */
export function ToolsView(): JSX.Element {
  const { id, view } = useShownRun();
  const [chosen, setChosen] = useState<string | null>(null);
  const columns = useMemo((): Column<ToolView>[] => {
    return [
      {
        name: 'Tool',
        width: 'minmax(90px, 180px)',
        cell: (tool) => (
          <button
            type="button"
            class="link-button"
            aria-pressed={tool.name === chosen}
            onClick={() => setChosen(tool.name)}
          >
            <Visible text={tool.tool} />
          </button>
        ),
        by: ({ tool }) => tool,
      },
      { name: 'State', width: '104px', cell: (tool) => <ToolState tool={tool} />, by: ({ outcome }) => outcome },
      {
        name: 'It.',
        width: '44px',
        isNumber: true,
        cell: ({ iteration }) => iteration,
        by: ({ iteration }) => iteration,
      },
      {
        name: 'Arguments and result',
        width: 'minmax(120px, 1fr)',
        cell: (tool) => (
          <>
            <code>
              <Visible text={tool.arguments.head} />
            </code>
            <span class="muted">
              {' → '}
              <Visible text={tool.result?.head ?? ''} />
            </span>
          </>
        ),
      },
      {
        name: 'Time',
        width: '84px',
        isNumber: true,
        isExtra: true,
        cell: (tool) => formatDuration(msOf(tool)),
        by: msOf,
      },
    ];
  }, [chosen]);
  if (view.tools.length === 0) return <Notice>The code of this run called no tool of its caller.</Notice>;
  const tool = view.tools.find(({ name }) => name === chosen) ?? view.tools[0];
  return (
    <section aria-label="Tools">
      <DataTable
        label="Tools"
        rows={view.tools}
        columns={columns}
        keyOf={({ name }) => name}
        routeOf={({ node, iteration }) => ({ page: 'iteration', run: id, node, number: iteration })}
        classOf={({ name }) => (name === tool?.name ? 'is-chosen' : '')}
        empty=""
      />
      {tool && (
        <div class="card">
          <h2>
            <Visible text={tool.tool} /> <ToolState tool={tool} />
          </h2>
          <TextBox label="Arguments" text={tool.arguments} />
          <TextBox
            label={tool.outcome === 'failed' ? 'Why it failed' : 'Result'}
            text={tool.result}
            empty="It is under way."
          />
        </div>
      )}
    </section>
  );
}

function ToolState({ tool }: { tool: ToolView }): JSX.Element {
  if (tool.outcome === null) return <Badge tone="live" icon="running" word="under way" />;
  return tool.outcome === 'succeeded' ? (
    <Badge tone="good" icon="answered" word="succeeded" />
  ) : (
    <Badge tone="bad" icon="failed" word="failed" />
  );
}

function msOf({ startedAt, endedAt }: ToolView): number | null {
  return startedAt === null || endedAt === null ? null : endedAt - startedAt;
}
