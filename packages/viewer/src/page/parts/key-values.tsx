import type { ComponentChild, JSX } from 'preact';

/** Names with their values, side by side where there is room. */
export function KeyValues({
  pairs,
}: {
  pairs: readonly (readonly [name: string, value: ComponentChild])[];
}): JSX.Element {
  return (
    <dl class="key-values">
      {pairs.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
