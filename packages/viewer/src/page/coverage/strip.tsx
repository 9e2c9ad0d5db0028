import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { usePalette } from '../parts/palette.ts';
import { prepareCanvas, useSize } from '../parts/use-size.ts';
import { drawStrip } from './draw-strip.ts';
import type { ReadStretch } from './stretches.ts';

const HEIGHT = 16;

/** A document as one strip; what it shows is said by the numbers beside it. */
export function Strip({ stretches, chars }: { stretches: readonly ReadStretch[]; chars: number }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width } = useSize(canvas);
  const palette = usePalette();
  useLayoutEffect(() => {
    const pen = canvas.current && width > 0 ? prepareCanvas(canvas.current, width, HEIGHT) : null;
    if (pen) drawStrip(pen, palette, stretches, 0, chars, { x: 0, y: 0, width, height: HEIGHT });
  }, [width, palette, stretches, chars]);
  return (
    <span aria-hidden="true">
      <canvas ref={canvas} class="strip" style={{ height: `${HEIGHT}px` }} />
    </span>
  );
}
