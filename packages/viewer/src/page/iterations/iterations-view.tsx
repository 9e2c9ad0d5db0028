import type { JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { IterationView } from '../../model/run-view.ts';
import { withoutFences } from '../calls/call-words.ts';
import { Icon } from '../parts/icon.tsx';
import { Link } from '../parts/link.tsx';
import { Notice } from '../parts/notice.tsx';
import { useVirtual } from '../parts/use-virtual.ts';
import { useShownRun } from '../state/run-context.ts';
import { Visible } from '../texts/visible.tsx';
import { counted, formatDuration } from '../words/numbers.ts';
import { IterationDetail } from './iteration-detail.tsx';

/** Iterations of all RLMs, and the one that the address names beside them; else the first one, or the last of a run that works. */
export function IterationsView({ at }: { at: { node: string; number: number } | null }): JSX.Element {
  const { view, index } = useShownRun();
  const isRunning = view.head.status === 'running';
  const chosen = at ? index.iterationOf(at.node, at.number) : view.iterations.at(isRunning ? -1 : 0);
  if (view.iterations.length === 0) return <Notice>{withoutIterations(view.head.strategy?.name)}</Notice>;
  return (
    <div class="iterations">
      <IterationList chosen={chosen} />
      {chosen ? (
        <IterationDetail iteration={chosen} key={`${chosen.node} ${chosen.number}`} />
      ) : (
        <Notice tone="warn">This run has no such iteration.</Notice>
      )}
    </div>
  );
}

function withoutIterations(strategy: string | undefined): string {
  if (strategy === 'direct') return 'The context was given in one prompt: there are no iterations, only calls.';
  return 'No iteration has begun.';
}

const ROW_HEIGHT = 46;

function IterationList({ chosen }: { chosen: IterationView | undefined }): JSX.Element {
  const { id, view, index } = useShownRun();
  const box = useRef<HTMLElement>(null);
  const virtual = useVirtual({
    count: view.iterations.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_HEIGHT,
  });
  const place = chosen ? view.iterations.indexOf(chosen) : 0;
  useEffect(() => virtual.scrollToIndex(place, { align: 'auto' }), [place]);
  const depths = useMemo(() => new Map(view.nodes.map(({ path, depth }) => [path, depth])), [view.nodes]);
  return (
    <nav class="iteration-list" aria-label="Iterations" ref={box} style={{ '--rows': view.iterations.length }}>
      <div style={{ height: `${virtual.getTotalSize()}px` }} class="iteration-room">
        {virtual.getVirtualItems().map(({ index: at, start }) => {
          const iteration = view.iterations[at];
          if (!iteration) return null;
          const { node, number, startedAt, endedAt, response } = iteration;
          const blocks = index.blocksOf(iteration);
          const calls = blocks.reduce((sum, block) => sum + index.callsOf(block).length, 0);
          return (
            <div
              class="iteration-row"
              key={at}
              style={{ transform: `translateY(${start}px)`, '--depth': depths.get(node) ?? 0 }}
            >
              <Link to={{ page: 'iteration', run: id, node, number }} class="plain-link" current={iteration === chosen}>
                <span class="iteration-name">
                  <b>
                    {node !== '0' && `${node} · `}
                    {number}
                  </b>
                  {blocks.some(({ status }) => status !== 'ok' && status !== null) && <Icon name="failed" />}
                  <span class="muted number">
                    {[
                      calls > 0 && counted(calls, 'call'),
                      startedAt !== null && (endedAt === null ? 'runs' : formatDuration(endedAt - startedAt)),
                    ]
                      .filter(Boolean)
                      .join(' · ')}
                  </span>
                </span>
                <span class="one-line muted">
                  <Visible text={withoutFences(response?.head ?? '')} />
                </span>
              </Link>
            </div>
          );
        })}
      </div>
    </nav>
  );
}
