import type { CallView } from '../../model/call-view.ts';
import { headOf } from '../../texts/text-ref.ts';
import type { Column } from '../parts/data-table.tsx';
import { Visible } from '../texts/visible.tsx';
import { formatDuration, formatShort, formatUsd } from '../words/numbers.ts';
import { CALL_STATES, callStateOf, isOfRoot } from './call-state.ts';
import { callWord } from './call-words.ts';
import { StateBadge } from './state-badge.tsx';

/** The columns of a table of calls; the node only where there are several. */
export function callColumns(withNode: boolean): Column<CallView>[] {
  const node: Column<CallView> = {
    name: 'Node',
    width: '64px',
    isExtra: true,
    cell: ({ node }) => node,
    by: ({ node }) => node,
  };
  return [
    {
      name: 'Call',
      width: '60px',
      leads: true,
      cell: ({ name }) => <Visible text={callWord(name)} />,
    },
    {
      name: 'Who',
      width: '66px',
      isExtra: true,
      cell: (call) => (
        <span class="who">
          <span class={`swatch ${isOfRoot(call) ? 'paint-root' : 'paint-sub'}`} />
          {isOfRoot(call) ? 'root' : 'sub'}
        </span>
      ),
      by: (call) => (isOfRoot(call) ? 0 : 1),
    },
    ...(withNode ? [node] : []),
    {
      name: 'It.',
      width: '44px',
      isNumber: true,
      isExtra: true,
      cell: ({ iteration }) => iteration || '',
      by: ({ iteration }) => iteration,
    },
    {
      name: 'State',
      width: '106px',
      cell: (call) => <StateBadge call={call} />,
      by: (call) => CALL_STATES[callStateOf(call)].word,
    },
    {
      name: 'Prompt',
      width: 'minmax(36px, 1fr)',
      cell: ({ prompt }) => <Visible text={prompt.at(-1)?.text.head ?? ''} />,
    },
    {
      name: 'Reply',
      width: 'minmax(100px, 1fr)',
      isExtra: true,
      cell: ({ reply, error }) => <Visible text={reply?.head ?? headOf(error?.message ?? '')} />,
    },
    {
      name: 'Characters',
      width: '78px',
      isNumber: true,
      isExtra: true,
      cell: ({ promptChars }) => formatShort(promptChars),
      by: ({ promptChars }) => promptChars,
    },
    {
      name: 'Tokens',
      width: '104px',
      isNumber: true,
      isExtra: true,
      cell: ({ inputTokens, outputTokens }) => `${formatShort(inputTokens)} / ${formatShort(outputTokens)}`,
      by: ({ inputTokens, outputTokens }) => inputTokens + outputTokens,
    },
    {
      name: 'Cost',
      width: '76px',
      isNumber: true,
      cell: ({ costUsd }) => formatUsd(costUsd),
      by: ({ costUsd }) => costUsd,
    },
    {
      name: 'Time',
      width: '84px',
      isNumber: true,
      isExtra: true,
      cell: (call) => formatDuration(msOf(call)),
      by: msOf,
    },
  ];
}

function msOf({ startedAt, endedAt }: CallView): number | null {
  return startedAt === null || endedAt === null ? null : endedAt - startedAt;
}
