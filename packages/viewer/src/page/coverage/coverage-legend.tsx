import type { JSX } from 'preact';
import type { CoverageView } from '../../model/coverage-view.ts';
import { formatFraction } from '../words/numbers.ts';

/** What the lanes and colors of the strips mean, with how much there is of each. */
export function CoverageLegend({ coverage }: { coverage: CoverageView }): JSX.Element {
  const { fraction, byRole } = coverage;
  return (
    <ul class="legend coverage-legend">
      <li>
        <span class="swatch lanes">
          <span class="paint-root" />
          <span />
        </span>
        upper half: root {byRole && <b class="number">{formatFraction(byRole.root)}</b>}
      </li>
      <li>
        <span class="swatch lanes">
          <span />
          <span class="paint-sub" />
        </span>
        lower half: sub-calls {byRole && <b class="number">{formatFraction(byRole.sub)}</b>}
      </li>
      <li>
        <span class="swatch lanes">
          <span />
          <span />
        </span>
        empty: unread {fraction !== null && <b class="number">{formatFraction(1 - fraction)}</b>}
      </li>
    </ul>
  );
}
