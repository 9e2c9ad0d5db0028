import { callStateOf, isOfRoot } from '../calls/call-state.ts';
import type { Palette } from '../parts/palette.ts';
import { formatDuration } from '../words/numbers.ts';
import type { Bar, Row } from './rows.ts';
import { stepOf } from './time-scale.ts';

/** What of the timeline is in sight. */
export interface Sight {
  /** Places on the axis at the left and the right end. */
  from: number;
  to: number;
  /** Pixels of the column of labels, and of everything. */
  gutter: number;
  width: number;
  height: number;
  /** Pixels that are scrolled away above. */
  top: number;
}

/** A row and where it stands, in pixels from the top of the first. */
export interface PlacedRow {
  row: Row;
  y: number;
}

export const AXIS_HEIGHT = 22;

export function xOf(sight: Sight, place: number): number {
  return sight.gutter + ((place - sight.from) / (sight.to - sight.from)) * (sight.width - sight.gutter);
}

/** Paints the rows in sight, their labels, and the axis above them. */
export function drawRows(
  pen: CanvasRenderingContext2D,
  palette: Palette,
  sight: Sight,
  rows: readonly PlacedRow[],
  pauses: readonly number[],
  chosen: Bar | null,
): void {
  pen.font = '12px system-ui, sans-serif';
  pen.textBaseline = 'middle';
  const inSight = rows.filter(({ row, y }) => y + row.height > sight.top && y < sight.top + sight.height);
  pen.save();
  pen.translate(0, AXIS_HEIGHT - sight.top);
  for (const { row, y } of inSight) drawLine(pen, palette, sight, row, y);
  pen.save();
  pen.beginPath();
  pen.rect(sight.gutter, sight.top, sight.width - sight.gutter, sight.height);
  pen.clip();
  for (const { row, y } of inSight) {
    for (const bar of row.bars) {
      const x = xOf(sight, bar.from);
      const width = Math.max(2, xOf(sight, bar.to) - x - (bar.kind === 'call' ? 1 : 0));
      if (x + width < sight.gutter || x > sight.width) continue;
      drawBar(pen, palette, sight, bar, { x, y: y + 1, width, height: row.height - 2 });
      if (bar === chosen || isSame(bar, chosen))
        drawChosen(pen, palette, { x, y: y + 1, width, height: row.height - 2 });
    }
  }
  pen.restore();
  for (const { row, y } of inSight) drawLabel(pen, palette, sight, row, y);
  pen.restore();
  drawAxis(pen, palette, sight, pauses);
}

export function isSame(bar: Bar, other: Bar | null): boolean {
  if (bar.kind === 'call') return other?.kind === 'call' && other.call.name === bar.call.name;
  if (bar.kind === 'block') return other?.kind === 'block' && other.block === bar.block;
  return other?.kind === 'iteration' && other.iteration === bar.iteration;
}

function drawLine(pen: CanvasRenderingContext2D, palette: Palette, sight: Sight, row: Row, y: number): void {
  if (row.kind !== 'iteration') return;
  pen.fillStyle = palette.line;
  pen.fillRect(0, y - 0.5, sight.width, 1);
}

function drawLabel(pen: CanvasRenderingContext2D, palette: Palette, sight: Sight, row: Row, y: number): void {
  if (!row.label || sight.gutter < 40) return;
  pen.fillStyle = row.kind === 'iteration' ? palette.text : palette.muted;
  const indent = 4 + Math.min(4, row.depth) * 10 + (row.kind === 'lane' ? 10 : 0);
  pen.fillText(row.label, indent, y + Math.max(row.height, 12) / 2, sight.gutter - indent - 8);
}

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

function drawBar(pen: CanvasRenderingContext2D, palette: Palette, sight: Sight, bar: Bar, box: Box): void {
  if (bar.kind === 'iteration') {
    pen.fillStyle = palette.panel;
    pen.fillRect(box.x, box.y, box.width, box.height);
    return;
  }
  if (bar.kind === 'block') drawBlock(pen, palette, sight, bar, box);
  else drawCall(pen, palette, bar, box.height > 20 ? { ...box, y: box.y + 3, height: box.height - 6 } : box);
}

function drawBlock(
  pen: CanvasRenderingContext2D,
  palette: Palette,
  sight: Sight,
  { block, waits }: Bar & { kind: 'block' },
  box: Box,
): void {
  const isBad = block.status !== 'ok' && block.status !== null;
  pen.strokeStyle = isBad ? palette.bad : palette['line-strong'];
  pen.lineWidth = isBad ? 1.5 : 1;
  pen.fillStyle = palette.ground;
  const inner = { x: box.x + 0.5, y: box.y + 4.5, width: Math.max(1, box.width - 1), height: box.height - 9 };
  pen.fillRect(inner.x, inner.y, inner.width, inner.height);
  // While it waits for sub-calls it is tinted as they are.
  pen.fillStyle = palette.sub;
  pen.globalAlpha = 0.22;
  for (const { from, to } of waits) {
    const x = Math.max(inner.x, xOf(sight, from));
    const end = Math.min(inner.x + inner.width, xOf(sight, to));
    if (end > x) pen.fillRect(x, inner.y, end - x, inner.height);
  }
  pen.globalAlpha = 1;
  pen.strokeRect(inner.x, inner.y, inner.width, inner.height);
  if (box.width < 46) return;
  pen.fillStyle = isBad ? palette.bad : palette.muted;
  const word = isBad ? `code: ${block.status?.replaceAll('_', ' ')}` : 'code';
  pen.fillText(word, box.x + 6, box.y + box.height / 2 + 0.5, box.width - 12);
}

function drawCall(pen: CanvasRenderingContext2D, palette: Palette, { call }: Bar & { kind: 'call' }, box: Box): void {
  const state = callStateOf(call);
  const color = isOfRoot(call) ? palette.root : palette.sub;
  const { x, y, width, height } = box;
  const isDim = state === 'replayed' || state === 'left';
  pen.globalAlpha = isDim ? 0.4 : 1;
  pen.fillStyle = color;
  if (state === 'failed' || state === 'abandoned') pen.fillStyle = palette.bad;
  else if (state !== 'succeeded' && !isDim && state !== 'pending') pen.fillStyle = palette.warn;
  if (state === 'abandoned' || state === 'pending') {
    pen.strokeStyle = pen.fillStyle;
    pen.lineWidth = 1.5;
    pen.setLineDash([3, 2]);
    pen.strokeRect(x + 0.75, y + 0.75, Math.max(1, width - 1.5), height - 1.5);
    pen.setLineDash([]);
    pen.globalAlpha = 0.25;
  }
  pen.fillRect(x, y, width, height);
  pen.globalAlpha = 1;
  drawMark(pen, palette, state, box);
  for (let retry = 0; retry < Math.min(call.retries, 6) && 3 + retry * 4 < width; retry++) {
    pen.fillStyle = palette.ground;
    pen.fillRect(x + 2 + retry * 4, y, 1.5, height);
  }
}

/** What is told by how its bar is painted. */
const PLAIN = new Set(['succeeded', 'pending', 'replayed']);

/** A shape for what is not as usual, so that it is not told by its color alone. */
function drawMark(
  pen: CanvasRenderingContext2D,
  palette: Palette,
  state: ReturnType<typeof callStateOf>,
  box: Box,
): void {
  if (PLAIN.has(state) || box.height < 6) return;
  const size = Math.min(4, box.height / 2 - 1);
  const x = box.x + Math.max(box.width / 2, size + 1);
  const y = box.y + box.height / 2;
  pen.strokeStyle = box.width > size * 2 + 3 ? palette.ground : palette.text;
  pen.lineWidth = 1.6;
  pen.beginPath();
  if (state === 'failed' || state === 'abandoned' || state === 'left') {
    pen.moveTo(x - size, y - size);
    pen.lineTo(x + size, y + size);
    pen.moveTo(x + size, y - size);
    pen.lineTo(x - size, y + size);
  } else if (state === 'cut') {
    pen.moveTo(x - size, y - size);
    pen.lineTo(x, y);
    pen.lineTo(x - size, y + size);
    pen.moveTo(x + 1, y - size);
    pen.lineTo(x + 1, y + size);
  } else if (state === 'refused') {
    pen.moveTo(x - size / 2, y + size);
    pen.lineTo(x - size / 2, y - size);
    pen.lineTo(x + size, y - size / 2);
    pen.lineTo(x - size / 2, y);
  } else {
    pen.arc(x, y, size * 0.8, 0, 7);
  }
  pen.stroke();
}

function drawChosen(pen: CanvasRenderingContext2D, palette: Palette, { x, y, width, height }: Box): void {
  pen.strokeStyle = palette.text;
  pen.lineWidth = 2;
  pen.strokeRect(x - 1, y - 0.5, width + 2, height + 1);
}

function drawAxis(pen: CanvasRenderingContext2D, palette: Palette, sight: Sight, pauses: readonly number[]): void {
  pen.fillStyle = palette.ground;
  pen.fillRect(0, 0, sight.width, AXIS_HEIGHT);
  pen.fillStyle = palette.line;
  pen.fillRect(0, AXIS_HEIGHT - 1, sight.width, 1);
  const step = stepOf(sight.to - sight.from, Math.max(2, (sight.width - sight.gutter) / 110));
  for (let at = Math.ceil(sight.from / step) * step; at <= sight.to; at += step) {
    const x = xOf(sight, at);
    pen.fillStyle = palette.line;
    pen.fillRect(x, AXIS_HEIGHT - 5, 1, 5);
    pen.fillStyle = palette.muted;
    const word = at === 0 ? '0' : formatDuration(at);
    if (x + pen.measureText(word).width + 4 < sight.width) pen.fillText(word, x + 3, AXIS_HEIGHT / 2);
  }
  for (const pause of pauses) {
    const x = xOf(sight, pause);
    if (x < sight.gutter || x > sight.width) continue;
    pen.strokeStyle = palette.warn;
    pen.setLineDash([4, 3]);
    pen.lineWidth = 1.5;
    pen.beginPath();
    pen.moveTo(x, 0);
    pen.lineTo(x, sight.height + AXIS_HEIGHT);
    pen.stroke();
    pen.setLineDash([]);
    pen.fillStyle = palette.ground;
    pen.fillRect(x + 2, 2, pen.measureText('resumed').width + 4, AXIS_HEIGHT - 5);
    pen.fillStyle = palette.warn;
    pen.fillText('resumed', x + 4, AXIS_HEIGHT / 2);
  }
}
