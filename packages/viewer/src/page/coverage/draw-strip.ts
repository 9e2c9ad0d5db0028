import type { Palette } from '../parts/palette.ts';
import { columnsOf, type ReadStretch } from './stretches.ts';

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/**
 * A part of a context as a strip of two lanes: what the root read above, what sub-calls read below; both lanes are empty where
 * nobody read. So it is told without its colors, too.
 */
export function drawStrip(
  pen: CanvasRenderingContext2D,
  palette: Palette,
  stretches: readonly ReadStretch[],
  start: number,
  end: number,
  box: Box,
): void {
  pen.fillStyle = palette.unread;
  pen.fillRect(box.x, box.y, box.width, box.height);
  const lane = (box.height - 1) / 2;
  columnsOf(stretches, start, end, Math.max(1, Math.round(box.width))).forEach(({ root, sub }, place) => {
    const x = box.x + place;
    // What was read of a column that is read in part is shown as such, but never as nothing.
    if (root > 0) paint(palette.root, Math.min(1, root), x, box.y);
    if (sub > 0) paint(palette.sub, Math.min(1, sub), x, box.y + lane + 1);
  });
  pen.globalAlpha = 1;

  function paint(color: string, share: number, x: number, y: number): void {
    pen.globalAlpha = share > 0.98 ? 1 : 0.3 + 0.6 * share;
    pen.fillStyle = color;
    pen.fillRect(x, y, 1.02, lane);
  }
}
