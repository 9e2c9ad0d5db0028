import type { Provenance } from '../api/worker-assessment.ts';

const ID_CHARS = 12;

/** Which work was judged, in one line. */
export function provenanceText(provenance: Provenance | null): string {
  if (provenance === null) return 'no work was found';
  const { source, path, branch, base, head, dirty } = provenance;
  return [
    path === null ? source : `${source} ${path}`,
    ...(branch === null ? [] : [`branch ${branch}`]),
    ...(base === null ? [] : [`base ${base.slice(0, ID_CHARS)}`]),
    ...(head === null ? [] : [`head ${head.slice(0, ID_CHARS)}`]),
    ...(dirty === true ? ['with changes that are not committed'] : []),
  ].join(', ');
}
