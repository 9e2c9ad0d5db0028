import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { usePalette } from '../parts/palette.ts';
import { prepareCanvas, useSize } from '../parts/use-size.ts';
import { Visible } from '../texts/visible.tsx';
import { counted, formatCount } from '../words/numbers.ts';
import { documentName } from './document-name.ts';
import { drawStrip } from './draw-strip.ts';
import { documentAt, type MappedContext, type MappedDocument, stretchAt } from './mapped-context.ts';
import type { ReadStretch } from './stretches.ts';

const ROW_HEIGHT = 20;
const GAP = 5;

/** A stretch of a document that somebody pointed at. */
export interface Picked {
  mapped: MappedDocument;
  stretch: ReadStretch;
}

/** How many rows show a context well: a row for each 20,000 characters, up to twelve. */
function rowsFor(chars: number): number {
  return Math.max(1, Math.min(12, Math.ceil(chars / 20_000)));
}

/**
 * A context from its first to its last character, in rows as lines of a page, with who read what. A press, or Enter, picks the
 * stretch at the pointer, or at the cursor that the arrow keys move.
 */
export function ContextMap(props: {
  context: MappedContext;
  label: string;
  chosen: { start: number; end: number } | null;
  onPick: (picked: Picked) => void;
}): JSX.Element {
  const { context, label, chosen, onPick } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [cursor, setCursor] = useState<number | null>(null);
  const palette = usePalette();
  const { width } = useSize(canvas);
  const rows = rowsFor(context.chars);
  const perRow = Math.max(1, context.chars / rows);
  const height = rows * (ROW_HEIGHT + GAP) - GAP;
  const rowBox = (row: number) => ({ x: 0, y: row * (ROW_HEIGHT + GAP), width, height: ROW_HEIGHT });

  useLayoutEffect(() => {
    const pen = canvas.current && width > 0 ? prepareCanvas(canvas.current, width, height) : null;
    if (!pen) return;
    for (let row = 0; row < rows; row++) {
      const box = rowBox(row);
      drawStrip(pen, palette, context.stretches, row * perRow, (row + 1) * perRow, box);
    }
    // Where documents begin, unless there are too many to tell apart.
    if (context.documents.length < (rows * width) / 12) {
      pen.fillStyle = palette.ground;
      for (const { offset } of context.documents.slice(1)) {
        const row = Math.min(rows - 1, Math.floor(offset / perRow));
        pen.fillRect(((offset - row * perRow) / perRow) * width - 1, row * (ROW_HEIGHT + GAP), 2, ROW_HEIGHT);
      }
    }
    if (chosen) outline(pen, chosen.start, chosen.end, palette.text);
    if (cursor !== null) outline(pen, cursor, cursor + perRow / width, palette.accent);
  });

  function outline(pen: CanvasRenderingContext2D, start: number, end: number, color: string): void {
    pen.strokeStyle = color;
    pen.lineWidth = 2;
    for (let row = Math.floor(start / perRow); row < rows && row * perRow < end; row++) {
      const from = (Math.max(0, start - row * perRow) / perRow) * width;
      const to = (Math.min(perRow, end - row * perRow) / perRow) * width;
      pen.strokeRect(Math.max(1, from - 1), row * (ROW_HEIGHT + GAP) + 1, Math.max(3, to - from + 2), ROW_HEIGHT - 2);
    }
  }

  const offsetAt = (event: MouseEvent): number => {
    const row = Math.max(0, Math.min(rows - 1, Math.floor(event.offsetY / (ROW_HEIGHT + GAP))));
    const offset = (row + Math.max(0, Math.min(1, event.offsetX / width))) * perRow;
    return Math.max(0, Math.min(context.chars - 1, Math.floor(offset)));
  };
  const pickAt = (offset: number): Picked | null => {
    const mapped = documentAt(context, offset);
    const stretch = mapped && stretchAt(mapped, offset - mapped.offset);
    return mapped && stretch ? { mapped, stretch } : null;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const at = cursor ?? chosen?.start ?? 0;
    const small = (perRow / Math.max(1, width)) * 8;
    const steps: Record<string, number> = {
      ArrowRight: small,
      ArrowLeft: -small,
      ArrowDown: perRow,
      ArrowUp: -perRow,
      Home: -at,
      End: context.chars,
    };
    const by = steps[event.key];
    if (by !== undefined) setCursor(Math.floor(Math.max(0, Math.min(context.chars - 1, at + by))));
    else if (event.key === 'Enter') pick(at);
    else return;
    event.preventDefault();
  };
  const pick = (offset: number) => {
    const picked = pickAt(offset);
    if (picked) onPick(picked);
  };
  const pointed = cursor === null ? null : pickAt(cursor);
  return (
    <div class="context-map">
      <div
        class="context-map-box"
        role="slider"
        aria-label={`${label}: arrow keys move over it, Enter shows the stretch`}
        aria-valuemin={0}
        aria-valuemax={context.chars}
        aria-valuenow={cursor ?? chosen?.start ?? 0}
        aria-valuetext={pointed ? wordsOf(pointed, context.documents.length > 1) : 'nothing chosen'}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onBlur={() => setCursor(null)}
      >
        <canvas
          ref={canvas}
          style={{ height: `${height}px` }}
          onPointerMove={(event) => setCursor(offsetAt(event))}
          onPointerLeave={() => setCursor(null)}
          onClick={(event) => pick(offsetAt(event))}
        />
      </div>
      <p class="map-words muted" aria-live="polite">
        {pointed ? (
          <Visible text={wordsOf(pointed, context.documents.length > 1)} />
        ) : (
          'Point at a stretch for who read it; press it for its text.'
        )}
      </p>
    </div>
  );
}

const BY = {
  root: 'read by the root',
  sub: 'read by sub-calls',
  both: 'read by the root and by sub-calls',
  unread: 'not read by anybody',
};

function wordsOf({ mapped, stretch }: Picked, withName: boolean): string {
  const name = withName ? `${documentName(mapped.document, mapped.place)}, ` : '';
  const calls = stretch.calls > 0 ? `, in ${counted(stretch.calls, 'call')}` : '';
  return `${name}characters ${formatCount(stretch.start)} to ${formatCount(stretch.end)}: ${BY[stretch.by]}${calls}`;
}
