import type { JSX } from 'preact';

/** A part of a bar: its share of the whole, from 0 to 1, and the class that paints it. */
export interface Share {
  share: number;
  paint: string;
}

/** A bar that says shares of a whole; the words beside it say the same, so it is no more than a picture. */
export function ShareBar({ shares, title }: { shares: Share[]; title?: string }): JSX.Element {
  return (
    <span class="share-bar" title={title} aria-hidden="true">
      {shares.map(({ share, paint }) => (
        <span key={paint} class={paint} style={{ width: `${Math.min(1, Math.max(0, share)) * 100}%` }} />
      ))}
    </span>
  );
}
