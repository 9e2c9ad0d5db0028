import fc from 'fast-check';

// Fast-check's own unit `binary` makes a table of all of Unicode first: a second of CPU, and 80 MB for as long as the process lives.

/** The halves of surrogate pairs, which are no characters. */
const [HALVES, HALVES_END] = [0xd800, 0xe000];
const LAST = 0x10ffff;

const character = fc.integer({ min: 0, max: LAST - (HALVES_END - HALVES) }).map(
  (n) => String.fromCodePoint(n < HALVES ? n : n + HALVES_END - HALVES),
  (given) => {
    const code = typeof given === 'string' ? given.codePointAt(0) : undefined;
    if (code === undefined || given !== String.fromCodePoint(code)) throw new TypeError('no character');
    return code < HALVES ? code : code - (HALVES_END - HALVES);
  },
);

/** Texts of any characters. */
export function anyText(constraints: { minLength?: number; maxLength?: number } = {}): fc.Arbitrary<string> {
  return fc.string({ ...constraints, unit: character });
}
