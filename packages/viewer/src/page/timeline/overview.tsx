import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { usePalette } from '../parts/palette.ts';
import { prepareCanvas, useSize } from '../parts/use-size.ts';

/** Part of the axis that is in sight. */
export interface Window {
  from: number;
  to: number;
}

const HEIGHT = 54;

/** How many calls were under way over the whole run, and which part of it the rows below show; a press or a drag moves there. */
export function Overview(props: {
  length: number;
  counts: readonly [at: number, count: number][];
  window: Window;
  gutter: number;
  onWindow: (window: Window) => void;
}): JSX.Element {
  const { length, counts, window, gutter, onWindow } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const palette = usePalette();
  const { width } = useSize(canvas);
  const most = counts.reduce((most, [, count]) => Math.max(most, count), 1);
  useLayoutEffect(() => {
    const pen = canvas.current && width > 0 ? prepareCanvas(canvas.current, width, HEIGHT) : null;
    if (!pen) return;
    const xOf = (place: number) => gutter + (place / length) * (width - gutter);
    const bottom = HEIGHT - 1;
    pen.fillStyle = palette.panel;
    pen.fillRect(gutter, 0, width - gutter, HEIGHT);
    pen.beginPath();
    pen.moveTo(gutter, bottom);
    let y = bottom;
    for (const [at, count] of counts) {
      pen.lineTo(xOf(at), y);
      y = bottom - (count / most) * (HEIGHT - 12);
      pen.lineTo(xOf(at), y);
    }
    pen.lineTo(width, y);
    pen.lineTo(width, bottom);
    pen.closePath();
    pen.globalAlpha = 0.35;
    pen.fillStyle = palette.sub;
    pen.fill();
    pen.globalAlpha = 1;
    pen.strokeStyle = palette.sub;
    pen.stroke();
    pen.fillStyle = palette.muted;
    pen.font = '12px system-ui, sans-serif';
    pen.textBaseline = 'middle';
    if (gutter >= 40) {
      pen.fillText(gutter < 120 ? 'Under way' : 'Calls under way', 4, HEIGHT / 2 - 8, gutter - 10);
      pen.fillText(`at most ${most}`, 4, HEIGHT / 2 + 8, gutter - 10);
    }
    if (window.from > 0 || window.to < length) {
      pen.fillStyle = palette.ground;
      pen.globalAlpha = 0.7;
      pen.fillRect(gutter, 0, xOf(window.from) - gutter, HEIGHT);
      pen.fillRect(xOf(window.to), 0, width - xOf(window.to), HEIGHT);
      pen.globalAlpha = 1;
      pen.strokeStyle = palette.accent;
      pen.lineWidth = 2;
      pen.strokeRect(xOf(window.from) + 1, 1, Math.max(2, xOf(window.to) - xOf(window.from) - 2), HEIGHT - 2);
    }
  });
  const move = (event: PointerEvent) => {
    if (event.buttons !== 1) return;
    const place = ((event.offsetX - gutter) / (width - gutter)) * length;
    const half = (window.to - window.from) / 2;
    const middle = Math.min(length - half, Math.max(half, place));
    onWindow({ from: middle - half, to: middle + half });
  };
  return (
    <canvas
      ref={canvas}
      class="timeline-overview"
      style={{ height: `${HEIGHT}px` }}
      role="img"
      aria-label={`Calls under way over time: at most ${most} at once`}
      onPointerDown={move}
      onPointerMove={move}
    />
  );
}
