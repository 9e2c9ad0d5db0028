import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { CALL_STATES, callStateOf } from '../calls/call-state.ts';
import { Icon } from '../parts/icon.tsx';
import { Notice } from '../parts/notice.tsx';
import { usePalette } from '../parts/palette.ts';
import { useFollowEnd } from '../parts/use-follow-end.ts';
import { prepareCanvas, useSize } from '../parts/use-size.ts';
import type { Route } from '../routes/route.ts';
import { goTo } from '../routes/use-route.ts';
import { useShownRun } from '../state/run-context.ts';
import { useNow } from '../state/use-now.ts';
import { formatDuration } from '../words/numbers.ts';
import { BarDetails } from './bar-details.tsx';
import { AXIS_HEIGHT, drawRows, type PlacedRow, type Sight } from './draw.ts';
import { Legend } from './legend.tsx';
import { Overview, type Window } from './overview.tsx';
import { type Bar, concurrencyOf, rowsOf } from './rows.ts';
import { scaleOfRun } from './time-scale.ts';
import { type BarPlace, barAt, hit, step } from './walk.ts';

const LEAST_WINDOW_MS = 5;

/** A run in real time: its iterations with their code, the calls below them, how many were under way, and what it waited for. */
export function TimelineView(): JSX.Element {
  const { id, view, index } = useShownRun();
  const isRunning = view.head.status === 'running';
  const now = useNow(isRunning);
  const { scale, rows, total, counts } = useMemo(() => {
    const scale = scaleOfRun(view, now);
    const place = (time: number) => scale.placeOf(time);
    let y = 2;
    const rows = rowsOf(view, index, place, now).map((row): PlacedRow => {
      const placed = { row, y };
      y += row.height;
      return placed;
    });
    return { scale, rows, total: y + 6, counts: concurrencyOf(view.calls, place, now) };
  }, [view, index, now]);

  const [zoomed, setZoomed] = useState<Window | null>(null);
  const window = zoomed ?? { from: 0, to: scale.length };
  const [chosen, setChosen] = useState<BarPlace | null>(null);
  const [hovered, setHovered] = useState<BarPlace | null>(null);
  const [top, setTop] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width } = useSize(box);
  useFollowEnd(box, total, isRunning);
  const palette = usePalette();
  const height = Math.min(total, 520);
  const gutter = width < 560 ? 92 : 148;
  const sight: Sight = { ...window, gutter, width, height, top };

  useLayoutEffect(() => {
    const pen = canvas.current && width > 0 ? prepareCanvas(canvas.current, width, height + AXIS_HEIGHT) : null;
    if (pen) drawRows(pen, palette, sight, rows, scale.pauses, barAt(rows, hovered ?? chosen));
  });

  const zoom = (factor: number, around = (window.from + window.to) / 2) => {
    const length = Math.max(LEAST_WINDOW_MS, Math.min(scale.length, (window.to - window.from) * factor));
    const share = (around - window.from) / (window.to - window.from);
    move(around - share * length, length);
  };
  const move = (from: number, length = window.to - window.from) => {
    const start = Math.max(0, Math.min(scale.length - length, from));
    setZoomed(length >= scale.length ? null : { from: start, to: start + length });
  };
  const placeAt = (event: MouseEvent) =>
    window.from + ((event.offsetX - gutter) / (width - gutter)) * (window.to - window.from);

  useEffect(() => {
    // Listened to by hand: what stops the page from scrolling must not be passive.
    const element = canvas.current;
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey && !event.shiftKey) return;
      event.preventDefault();
      if (event.shiftKey) move(window.from + ((event.deltaY || event.deltaX) / 500) * (window.to - window.from));
      else zoom(event.deltaY > 0 ? 1.25 : 0.8, placeAt(event));
    };
    element?.addEventListener('wheel', onWheel, { passive: false });
    return () => element?.removeEventListener('wheel', onWheel);
  });

  const choose = (place: BarPlace | null) => {
    setHovered(null);
    setChosen(place);
    const bar = barAt(rows, place);
    const row = place && rows[place.row];
    if (!bar || !row || !box.current) return;
    const { scrollTop } = box.current;
    if (row.y < scrollTop) box.current.scrollTop = row.y - 4;
    if (row.y + row.row.height > scrollTop + height) box.current.scrollTop = row.y + row.row.height - height + 4;
    if (bar.to < window.from || bar.from > window.to) move((bar.from + bar.to) / 2 - (window.to - window.from) / 2);
  };
  const chooseNext = (state: string) => {
    const places = rows.flatMap(({ row }, place) =>
      row.bars.flatMap((bar, at) => (bar.kind === 'call' && isOf(bar.call, state) ? [{ row: place, bar: at }] : [])),
    );
    const next = places.find(({ row, bar }) => !chosen || row > chosen.row || (row === chosen.row && bar > chosen.bar));
    choose(next ?? places[0] ?? null);
  };
  const open = (place: BarPlace | null) => {
    const bar = barAt(rows, place);
    if (bar) goTo(routeOfBar(id, bar));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { key } = event;
    if (key.startsWith('Arrow') && event.shiftKey) {
      if (key === 'ArrowLeft' || key === 'ArrowRight')
        move(window.from + (key === 'ArrowLeft' ? -0.2 : 0.2) * (window.to - window.from));
    } else if (key.startsWith('Arrow')) choose(step(rows, chosen, key));
    else if (key === '+' || key === '=') zoom(0.6);
    else if (key === '-') zoom(1 / 0.6);
    else if (key === '0') setZoomed(null);
    else if (key === 'Enter') open(chosen);
    else return;
    event.preventDefault();
  };

  const words = wordsOf(barAt(rows, chosen));
  if (rows.length === 0) return <Notice>Nothing has begun yet.</Notice>;
  return (
    <section class="timeline" aria-label="Timeline">
      {!view.head.hasTimes && (
        <Notice tone="warn" icon="warning">
          This log does not tell when single calls began and ended: they are laid out evenly, in their order.
        </Notice>
      )}
      <div class="bar-of-tools">
        <button type="button" class="icon-button" onClick={() => zoom(0.6)} aria-label="Zoom in" title="Zoom in (+)">
          <Icon name="plus" />
        </button>
        <button
          type="button"
          class="icon-button"
          onClick={() => zoom(1 / 0.6)}
          aria-label="Zoom out"
          title="Zoom out (-)"
        >
          <Icon name="minus" />
        </button>
        <button
          type="button"
          class="icon-button"
          onClick={() => setZoomed(null)}
          disabled={!zoomed}
          title="Everything (0)"
        >
          <Icon name="fit" /> All
        </button>
        <span class="muted number">
          {formatDuration(window.to - window.from)} of {formatDuration(scale.length)}
        </span>
        <span class="grow" />
        <Legend calls={view.calls} onNext={chooseNext} />
      </div>
      <Overview length={scale.length} counts={counts} window={window} gutter={gutter} onWindow={setZoomed} />
      <div
        ref={box}
        class="timeline-box"
        role="slider"
        aria-valuemin={0}
        aria-valuemax={scale.length}
        aria-valuenow={barAt(rows, chosen)?.from ?? 0}
        aria-valuetext={words}
        aria-label="Bars of the timeline: arrow keys go from one to the next, Enter opens it, + and - zoom, shift and an arrow moves"
        tabIndex={0}
        style={{ height: `${height + AXIS_HEIGHT}px` }}
        onScroll={(event) => setTop(event.currentTarget.scrollTop)}
        onKeyDown={onKeyDown}
      >
        <div style={{ height: `${total + AXIS_HEIGHT}px` }}>
          <canvas
            ref={canvas}
            class="timeline-canvas"
            style={{ height: `${height + AXIS_HEIGHT}px` }}
            onPointerMove={(event) => setHovered(hit(rows, sight, event.offsetX, event.offsetY - AXIS_HEIGHT + top))}
            onPointerLeave={() => setHovered(null)}
            onClick={(event) => open(hit(rows, sight, event.offsetX, event.offsetY - AXIS_HEIGHT + top))}
          />
        </div>
      </div>
      <BarDetails bar={barAt(rows, hovered ?? chosen)} />
    </section>
  );
}

function isOf(call: (Bar & { kind: 'call' })['call'], state: string): boolean {
  return state === 'retried' ? call.retries > 0 : callStateOf(call) === state;
}

/** What the keyboard is at, for whoever does not see it; the details below say it at length. */
function wordsOf(bar: Bar | null): string {
  if (!bar) return 'nothing chosen';
  if (bar.kind === 'call') return `call ${bar.call.name}, ${CALL_STATES[callStateOf(bar.call)].word}`;
  if (bar.kind === 'block') return `code block ${bar.block.number + 1} of iteration ${bar.block.iteration}`;
  return `iteration ${bar.iteration.number}`;
}

function routeOfBar(run: string, bar: Bar): Route {
  if (bar.kind === 'call') return { page: 'call', run, call: bar.call.name };
  if (bar.kind === 'block') return { page: 'iteration', run, node: bar.block.node, number: bar.block.iteration };
  return { page: 'iteration', run, node: bar.iteration.node, number: bar.iteration.number };
}
