import { useEffect, useState } from 'preact/hooks';

/** Colors of the style sheet that canvases paint with. */
const NAMES = [
  'ground',
  'panel',
  'line',
  'line-strong',
  'text',
  'muted',
  'accent',
  'root',
  'sub',
  'both',
  'unread',
  'good',
  'warn',
  'bad',
] as const;
export type Palette = Record<(typeof NAMES)[number], string>;

/** The colors as they are now, light or dark. */
export function usePalette(): Palette {
  const [palette, setPalette] = useState(readPalette);
  useEffect(() => {
    const read = () => setPalette(readPalette());
    const watched = new MutationObserver(read);
    watched.observe(document.documentElement, { attributeFilter: ['data-scheme'] });
    const media = [matchMedia('(prefers-color-scheme: dark)'), matchMedia('print')];
    for (const list of media) list.addEventListener('change', read);
    return () => {
      watched.disconnect();
      for (const list of media) list.removeEventListener('change', read);
    };
  }, []);
  return palette;
}

/** A variable of the style sheet is resolved only where it paints something. */
function readPalette(): Palette {
  const probe = document.body.appendChild(document.createElement('span'));
  const colors = NAMES.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color];
  });
  probe.remove();
  return Object.fromEntries(colors) as Palette;
}
