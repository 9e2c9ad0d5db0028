import type { CoverageView } from '../../model/coverage-view.ts';
import type { Share } from '../parts/share-bar.tsx';

/**
 * What was read by whom, as shares of the whole context: by the root alone, by both, by sub-calls alone. The rest is unread. Of
 * totals alone, without the stretches, this is all that can be told.
 */
export function coverageShares({ fraction, byRole }: CoverageView): Share[] {
  if (fraction === null) return [];
  if (!byRole) return [{ share: fraction, paint: 'paint-read' }];
  const both = Math.max(0, byRole.root + byRole.sub - fraction);
  return [
    { share: byRole.root - both, paint: 'paint-root' },
    { share: both, paint: 'paint-both' },
    { share: byRole.sub - both, paint: 'paint-sub' },
  ];
}
