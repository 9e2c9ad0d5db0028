/** A piece of a text: characters that are shown as they are, or one that a reader would not see or be misled by. */
export type Piece = { text: string } | { mark: string; name: string };

// Controls, format characters (bidi controls, zero-width ones, tags), separators of lines that are no line feeds, and surrogates
// without their other half; but not what ends a line, nor the joiner within a picture of several.
const UNSEEN = /(?!\t|\n|\r\n)(?!(?<=\p{Extended_Pictographic}\ufe0f?)\u200d)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Whether a text has nothing that must be marked: the usual case, found without taking it apart. */
export function isPlain(text: string): boolean {
  return text.search(UNSEEN) === -1;
}

/** A text in pieces: whatever is not seen, or changes how its neighbors are read, becomes a mark with its name. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(UNSEEN)) {
    if (match.index > end) pieces.push({ text: text.slice(end, match.index) });
    pieces.push(markOf(match[0].codePointAt(0) ?? 0));
    end = match.index + match[0].length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end) });
  return pieces;
}

/** The picture that Unicode has of a control character, else its number. */
function markOf(code: number): Piece {
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  if (code < 0x20) return { mark: String.fromCharCode(0x2400 + code), name };
  return { mark: code === 0x7f ? '\u2421' : name, name };
}
