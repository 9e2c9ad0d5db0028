import { type PlacedRow, type Sight, xOf } from './draw.ts';
import type { Bar } from './rows.ts';

/** A bar by its place: its row, and its place in it. */
export interface BarPlace {
  row: number;
  bar: number;
}

export function barAt(rows: readonly PlacedRow[], place: BarPlace | null): Bar | null {
  return (place && rows[place.row]?.row.bars[place.bar]) ?? null;
}

/** The bar at a point, in pixels below the axis; the last painted one of several, and one that is near a thin bar. */
export function hit(rows: readonly PlacedRow[], sight: Sight, x: number, y: number): BarPlace | null {
  const row = rows.findIndex((placed) => y >= placed.y && y < placed.y + placed.row.height);
  const bars = rows[row]?.row.bars ?? [];
  for (let bar = bars.length - 1; bar >= 0; bar--) {
    const candidate = bars[bar];
    if (!candidate) continue;
    const from = xOf(sight, candidate.from);
    if (x >= from - 1 && x <= Math.max(from + 3, xOf(sight, candidate.to))) return { row, bar };
  }
  return null;
}

/** Where an arrow key leads from a bar: along its row, or to the bar of another row that is nearest in time. */
export function step(rows: readonly PlacedRow[], from: BarPlace | null, key: string): BarPlace | null {
  const current = barAt(rows, from);
  if (!from || !current) return firstOf(rows, 0, 1);
  const bars = rows[from.row]?.row.bars.length ?? 0;
  if (key === 'ArrowRight')
    return from.bar + 1 < bars ? { ...from, bar: from.bar + 1 } : firstOf(rows, from.row + 1, 1);
  if (key === 'ArrowLeft') return from.bar > 0 ? { ...from, bar: from.bar - 1 } : lastOf(rows, from.row - 1);
  const direction = key === 'ArrowDown' ? 1 : -1;
  const row = firstOf(rows, from.row + direction, direction)?.row;
  if (row === undefined) return from;
  const middle = (current.from + current.to) / 2;
  const distances = (rows[row]?.row.bars ?? []).map((bar) => Math.abs((bar.from + bar.to) / 2 - middle));
  return { row, bar: distances.indexOf(Math.min(...distances)) };
}

function firstOf(rows: readonly PlacedRow[], start: number, direction: number): BarPlace | null {
  for (let row = start; row >= 0 && row < rows.length; row += direction)
    if (rows[row]?.row.bars.length) return { row, bar: 0 };
  return null;
}

function lastOf(rows: readonly PlacedRow[], start: number): BarPlace | null {
  const found = firstOf(rows, start, -1);
  return found && { row: found.row, bar: (rows[found.row]?.row.bars.length ?? 1) - 1 };
}
