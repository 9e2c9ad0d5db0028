import type { ComponentChild, JSX } from 'preact';
import { CutText } from '../texts/cut-text.tsx';
import { Visible } from '../texts/visible.tsx';

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
          <dt>
            <Visible text={name} />
          </dt>
          <dd>{typeof value === 'string' ? <CutText text={value} /> : value}</dd>
        </div>
      ))}
    </dl>
  );
}
