import type { Tolerance } from '../api/terms.ts';

/** A difference between two copies of one text that says nothing about the text. */
interface Fold {
  tolerance: Tolerance;
  apply: (text: string) => string;
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'", nbsp: ' ' };

const FOLDS: readonly Fold[] = [
  { tolerance: 'invisible-characters', apply: (text) => text.replaceAll(/⟨U\+[0-9A-F]{4,6}⟩/g, '') },
  { tolerance: 'escapes', apply: (text) => text.replaceAll(/&(?:#(\d{1,6})|#x([\da-f]{1,5})|(\w{2,4}));/gi, decoded) },
  { tolerance: 'escapes', apply: (text) => text.replaceAll('\\', '') },
  {
    tolerance: 'typography',
    apply: (text) =>
      text
        .normalize('NFKC')
        .replaceAll(/[\u2018\u2019\u201A\u201B\u2032\u201C\u201D\u201E\u201F\u2033«»'`]/g, '"')
        .replaceAll(/[\u2010-\u2015\u2212]/g, '-'),
  },
];

/** The names of the folds. */
export const FOLDED: readonly Tolerance[] = [...new Set(FOLDS.map(({ tolerance }) => tolerance)), 'white-space'];

/** A text as copies of it are compared: all folds but those left out. Without white space, or with it as single spaces. */
export function fold(text: string, leftOut: readonly Tolerance[] = []): string {
  const folded = FOLDS.filter(({ tolerance }) => !leftOut.includes(tolerance)).reduce(
    (folding, { apply }) => apply(folding),
    text,
  );
  return leftOut.includes('white-space') ? collapse(folded) : folded.replaceAll(/\s+/g, '');
}

/** White space as single spaces, and none around. */
export function collapse(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

function decoded(entity: string, decimal?: string, hex?: string, name = ''): string {
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
  if (Number.isNaN(code)) return ENTITIES[name.toLowerCase()] ?? entity;
  return code <= 0x10ffff ? String.fromCodePoint(code) : entity;
}
