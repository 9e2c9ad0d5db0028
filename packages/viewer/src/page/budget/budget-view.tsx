import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { callColumns } from '../calls/call-columns.tsx';
import { CallTable } from '../calls/calls-view.tsx';
import { Notice } from '../parts/notice.tsx';
import { type Palette, usePalette } from '../parts/palette.ts';
import { prepareCanvas, useSize } from '../parts/use-size.ts';
import { useShownRun } from '../state/run-context.ts';
import { useNow } from '../state/use-now.ts';
import { scaleOfRun } from '../timeline/time-scale.ts';
import { counted, formatDuration, formatUsd } from '../words/numbers.ts';

const HEIGHT = 240;
const MARGIN = { left: 64, right: 12, top: 16, bottom: 22 };

/** What was spent over time, against the cap, and the calls that cost most. */
export function BudgetView(): JSX.Element {
  const { view } = useShownRun();
  const { spent, limits } = view.head;
  const now = useNow(view.head.status === 'running');
  const { points, length } = useMemo(() => {
    const scale = scaleOfRun(view, now);
    const known = view.calls.filter(({ spentUsd, endedAt }) => spentUsd !== null && endedAt !== null);
    const points = known.map(({ endedAt, spentUsd }): [number, number] => [scale.placeOf(endedAt ?? 0), spentUsd ?? 0]);
    return { points: points.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]), length: scale.length };
  }, [view, now]);
  const dearest = useMemo(
    () => view.calls.toSorted((a, b) => (b.costUsd ?? 0) - (a.costUsd ?? 0)).slice(0, 10),
    [view.calls],
  );
  const columns = useMemo(() => callColumns(false), []);
  const unknown = view.calls.filter(
    ({ costUsd, outcome }) => costUsd === null && outcome !== 'pending' && outcome !== 'replayed',
  ).length;
  return (
    <section aria-label="Budget">
      {unknown > 0 && (
        <Notice tone="warn" icon="warning">
          The price of {counted(unknown, 'call')} is not known, so the sum is not either. What is known is below.
        </Notice>
      )}
      {points.length > 0 ? (
        <SpentLine points={points} length={length} cap={limits.budgetUsd} />
      ) : (
        <Notice>{spent.calls === 0 ? 'No call has been made.' : 'What was spent when is not known.'}</Notice>
      )}
      <h2>Dearest calls</h2>
      <CallTable calls={dearest} columns={columns} label="Dearest calls" />
    </section>
  );
}

function SpentLine(props: { points: readonly [number, number][]; length: number; cap: number | null }): JSX.Element {
  const { points, length, cap } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width } = useSize(canvas);
  const palette = usePalette();
  const last = points.at(-1)?.[1] ?? 0;
  useLayoutEffect(() => {
    const pen = canvas.current && width > 0 ? prepareCanvas(canvas.current, width, HEIGHT) : null;
    if (pen) drawLine(pen, palette, width, props);
  });
  const words = `Spent over time: ${formatUsd(last)} after ${formatDuration(length)}${cap === null ? ', without a cap' : `, of a cap of ${formatUsd(cap)}`}`;
  return (
    <figure class="spent-line">
      <canvas ref={canvas} role="img" aria-label={words} style={{ height: `${HEIGHT}px` }} />
      <figcaption class="muted">{words}</figcaption>
    </figure>
  );
}

function drawLine(
  pen: CanvasRenderingContext2D,
  palette: Palette,
  width: number,
  { points, length, cap }: { points: readonly [number, number][]; length: number; cap: number | null },
): void {
  const last = points.at(-1)?.[1] ?? 0;
  const most = Math.max(last, cap ?? 0) * 1.06 || 1;
  const xOf = (at: number) => MARGIN.left + (at / length) * (width - MARGIN.left - MARGIN.right);
  const yOf = (usd: number) => HEIGHT - MARGIN.bottom - (usd / most) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  pen.font = '12px system-ui, sans-serif';
  pen.textBaseline = 'middle';
  const levels = cap !== null && last < cap * 0.1 ? [0, cap / 2, cap] : [0, last / 2, last];
  for (const usd of levels) {
    pen.fillStyle = palette.line;
    pen.fillRect(MARGIN.left, Math.round(yOf(usd)), width - MARGIN.left - MARGIN.right, 1);
    pen.fillStyle = palette.muted;
    pen.textAlign = 'right';
    pen.fillText(formatUsd(usd), MARGIN.left - 8, yOf(usd));
  }
  pen.textAlign = 'left';
  pen.fillText('0', MARGIN.left, HEIGHT - 8);
  pen.textAlign = 'right';
  pen.fillText(formatDuration(length), width - MARGIN.right, HEIGHT - 8);
  if (cap !== null) {
    pen.strokeStyle = palette.bad;
    pen.setLineDash([5, 4]);
    pen.beginPath();
    pen.moveTo(MARGIN.left, yOf(cap));
    pen.lineTo(width - MARGIN.right, yOf(cap));
    pen.stroke();
    pen.setLineDash([]);
    pen.fillStyle = palette.bad;
    pen.fillText(`cap ${formatUsd(cap)}`, width - MARGIN.right, yOf(cap) + (yOf(cap) < 26 ? 10 : -9));
  }
  pen.beginPath();
  pen.moveTo(xOf(0), yOf(0));
  let y = yOf(0);
  for (const [at, usd] of points) {
    pen.lineTo(xOf(at), y);
    y = yOf(usd);
    pen.lineTo(xOf(at), y);
  }
  pen.lineTo(xOf(length), y);
  pen.strokeStyle = palette.accent;
  pen.lineWidth = 2;
  pen.stroke();
  pen.lineTo(xOf(length), yOf(0));
  pen.lineTo(xOf(0), yOf(0));
  pen.globalAlpha = 0.1;
  pen.fillStyle = palette.accent;
  pen.fill();
  pen.globalAlpha = 1;
}
