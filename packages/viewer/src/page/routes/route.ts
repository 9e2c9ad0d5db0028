/** Views of one run, in the order of their tabs. */
export const SECTIONS = [
  'summary',
  'timeline',
  'iterations',
  'calls',
  'tree',
  'coverage',
  'answers',
  'budget',
  'tools',
  'about',
] as const;
export type Section = (typeof SECTIONS)[number];

/** A place of the page: what the part of its address after `#` says. */
export type Route =
  | { page: 'home' }
  | { page: 'runs' }
  | { page: 'run'; run: string; section: Section }
  | { page: 'call'; run: string; call: string }
  | { page: 'iteration'; run: string; node: string; number: number }
  | { page: 'document'; run: string; document: number; at: { start: number; end: number } | null }
  | { page: 'compare'; runs: [string, string] }
  | { page: 'assessment'; worker: string | null; finding: string | null }
  | { page: 'unknown'; address: string };

/** A place in one run. */
export type RunRoute = Extract<Route, { run: string }>;

/** The address of a place, to be a link: every name is encoded. */
export function addressOf(route: Route): string {
  return `#/${partsOf(route).map(encode).join('/')}`;
}

/** The place that an address says; `unknown` for one that no version of the page had. */
export function routeOf(address: string): Route {
  const parts = address.replace(/^#\/?/, '').split('/').map(decode);
  while (parts.at(-1) === '') parts.pop();
  return routeOfParts(parts) ?? { page: 'unknown', address };
}

function partsOf(route: Route): string[] {
  switch (route.page) {
    case 'home':
      return [];
    case 'runs':
      return ['runs'];
    case 'run':
      return route.section === 'summary' ? ['run', route.run] : ['run', route.run, route.section];
    case 'call':
      return ['run', route.run, 'call', route.call];
    case 'iteration':
      return ['run', route.run, 'iteration', route.node, String(route.number)];
    case 'document': {
      const { at } = route;
      return ['run', route.run, 'document', String(route.document), ...(at ? [`${at.start}-${at.end}`] : [])];
    }
    case 'compare':
      return ['compare', ...route.runs];
    case 'assessment':
      return ['assessment', ...[route.worker, route.finding].filter((name) => name !== null)];
    case 'unknown':
      return [];
  }
}

function routeOfParts(parts: string[]): Route | undefined {
  const [page, first = '', second, third, fourth, ...more] = parts;
  if (more.length > 0) return undefined;
  if (page === undefined) return { page: 'home' };
  if (page === 'runs' && parts.length === 1) return { page };
  if (page === 'assessment') return { page, worker: first || null, finding: second ?? null };
  if (page === 'compare' && second !== undefined) return { page, runs: [first, second] };
  if (page !== 'run' || first === '') return undefined;
  if (second === undefined) return { page, run: first, section: 'summary' };
  const section = SECTIONS.find((name) => name === second);
  if (section && third === undefined) return { page, run: first, section };
  if (third === undefined) return undefined;
  if (second === 'call') return { page: 'call', run: first, call: third };
  const number = /^\d+$/.test(second === 'iteration' ? (fourth ?? '') : third);
  if (second === 'iteration' && number) return { page: 'iteration', run: first, node: third, number: Number(fourth) };
  if (second === 'document' && number) {
    const [, start, end] = /^(\d+)-(\d+)$/.exec(fourth ?? '') ?? [];
    const at = start === undefined ? null : { start: Number(start), end: Number(end) };
    return { page: 'document', run: first, document: Number(third), at };
  }
  return undefined;
}

/** Of a lone surrogate, which has no encoding, the address has U+FFFD: such a place is not found rather than another one. */
function encode(part: string): string {
  return encodeURIComponent(part.toWellFormed());
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
