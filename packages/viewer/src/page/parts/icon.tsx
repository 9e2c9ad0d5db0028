import type { JSX } from 'preact';

/** Strokes of small pictures in a square of 16. Each stands beside a word, or has one for a title. */
const STROKES = {
  answered: 'M3 8.5 6.5 12 13 4.5',
  failed: 'M4 4l8 8M12 4l-8 8',
  aborted: 'M4 4h8v8H4z',
  stopped: 'M6 3.5v9M10 3.5v9',
  running: 'M8 2.5a5.5 5.5 0 1 1-5.5 5.5',
  refused: 'M4 14V2.5h8l-2 3 2 3H4',
  cut: 'M4 3l8 8.5M12 3 4 11.5M3.5 13.5h2M10.5 13.5h2',
  replayed: 'M3 8a5 5 0 1 1 1.6 3.7M3 12.5v-3h3',
  abandoned: 'M8 2.5a5.5 5.5 0 1 0 .01 0M4.2 4.2l7.6 7.6',
  retried: 'M13 8a5 5 0 1 0-1.6 3.7M13 12.5v-3h-3',
  empty: 'M8 3a5 5 0 1 0 .01 0',
  warning: 'M8 2.5 14.5 13.5h-13zM8 6.5v3.2M8 11.5v.2',
  copy: 'M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z',
  link: 'M6.5 9.5l3-3M7 5l1.8-1.8a2.8 2.8 0 0 1 4 4L11 9M9 11l-1.8 1.8a2.8 2.8 0 0 1-4-4L5 7',
  search: 'M7 2.5a4.5 4.5 0 1 0 .01 0M10.5 10.5l3.5 3.5',
  wrap: 'M2 4h12M2 8h9.5a2.3 2.3 0 0 1 0 4.6H8M9.5 10.8 7.7 12.6l1.8 1.8M2 12.5h3',
  left: 'M10 3.5 5.5 8l4.5 4.5',
  right: 'M6 3.5 10.5 8 6 12.5',
  up: 'M3.5 10 8 5.5l4.5 4.5',
  down: 'M3.5 6 8 10.5 12.5 6',
  moon: 'M12.8 9.8A5.6 5.6 0 0 1 6.2 3.2a5.4 5.4 0 1 0 6.6 6.6z',
  sun: 'M8 5.2a2.8 2.8 0 1 0 .01 0M8 1.5v1.4M8 13.1v1.4M1.5 8h1.4M13.1 8h1.4M3.4 3.4l1 1M11.6 11.6l1 1M3.4 12.6l1-1M11.6 4.4l1-1',
  file: 'M4 1.8h5l3 3v9.4H4zM9 1.8v3h3',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  fit: 'M2.5 3v10M13.5 3v10M5 8h6M6.5 6 4.8 8l1.7 2M9.5 6l1.7 2-1.7 2',
} as const;
export type IconName = keyof typeof STROKES;

export function Icon({ name }: { name: IconName }): JSX.Element {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={STROKES[name]} />
    </svg>
  );
}
