/** Characters that could hide, turn or break what stands around them. */
export const HIDDEN: RegExp =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u{115F}\u{1160}\u{3164}\u{FFA0}]|[\u{E0100}-\u{E01EF}]/gu;

/**
 * A text's lines, with every character that could hide, turn or break a line written out: `⟨U+202E⟩`. Lines end at `\n`
 * alone, `\r\n` counting as one; so nothing in a line can begin another one.
 */
export function visibleLines(text: string): string[] {
  const lines = text.split('\n').map((line) => visible(line.endsWith('\r') ? line.slice(0, -1) : line));
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Most lines have nothing else, and to see that takes a third of the time. */
const PLAIN = /^[\t\x20-\x7e]*$/;

export function visible(line: string): string {
  if (PLAIN.test(line)) return line;
  return line.replaceAll(HIDDEN, (character) => (character === '\t' ? character : spelled(character)));
}

/** A character written out: `⟨U+202E⟩`. */
export function spelled(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}
