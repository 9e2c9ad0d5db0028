import { HIDDEN, spelled, visible } from './visible-text.ts';

const LINE_BREAKS = /[\n\r\v\f\u0085\u2028\u2029]\s*/g;

/**
 * What the log of a CI system takes for a command: `::name::` at the beginning of a line (GitHub), `##[` and `##vso[`
 * anywhere (GitHub, Azure, TeamCity), `section_start:` (GitLab). `::name::` in a line is none yet, but a line may be cut.
 */
const COMMANDS = /^\s*:(?=:)|(?<![\w>)\]]):(?=:[\w-]+[^:]*::)|#(?=#\w*\[)|section_(?=(?:start|end):)/g;

/**
 * Text for a terminal or the log of a CI system, as one line. Whatever comes from the work, from a model or from
 * another program goes through here before it is printed: characters that move, hide, turn or color are written out
 * (`⟨U+001B⟩`), and so is the sign that makes a command of a line. Line breaks become blanks. Other text is as it was.
 */
export function printable(text: string): string {
  return visible(text.replaceAll(LINE_BREAKS, ' ')).replaceAll(COMMANDS, spelledAtTheEnd);
}

/** Text of several lines, each {@link printable}. */
export function printableLines(text: string): string {
  return text.split(/\r?\n/).map(printable).join('\n');
}

/** JSON that is read as the same value, and is {@link printable} line by line. */
export function printableJSON(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent)
    .replaceAll(HIDDEN_IN_JSON, escaped)
    .replaceAll(/#(?=#)/g, escaped);
}

/** A line break is between values: in a text JSON has none. Most characters are passed by with one look. */
const HIDDEN_IN_JSON = new RegExp(`(?![\\n\\x20-\\x7e])(?:${HIDDEN.source})`, HIDDEN.flags);

function spelledAtTheEnd(found: string): string {
  return found.slice(0, -1) + spelled(found.slice(-1));
}

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
