import * as texts from '@rlm-bridge/text';

// What whoever prints a result needs: texts as every package of ours has them, with types of this one.

/** A count and what it counts: `1 file`, `2 files`. Another plural than one with `s` is named. */
export function counted(count: number, noun: string, plural?: string): string {
  return texts.counted(count, noun, plural);
}

/**
 * Text for a terminal or the log of a CI system, as one line. Whatever comes from the work, from a model or from
 * another program goes through here before it is printed: characters that move, hide, turn or color are written out
 * (`⟨U+001B⟩`), and so is the sign that makes a command of a line. Line breaks become blanks. Other text is as it was.
 */
export function printable(text: string): string {
  return texts.printable(text);
}

/** Text of several lines, each {@link printable}. */
export function printableLines(text: string): string {
  return texts.printableLines(text);
}

/** JSON that is read as the same value, and is {@link printable} line by line. */
export function printableJSON(value: unknown, indent?: number): string {
  return texts.printableJSON(value, indent);
}
