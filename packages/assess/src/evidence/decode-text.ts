/** Share of printable ASCII from which bytes are text, whatever the others are. Of images and archives about a third is. */
const MIN_PRINTABLE_SHARE = 0.7;

export interface DecodedText {
  text: string;
  /** What a reader should know of how it was read; empty for plain UTF-8. */
  facts: string[];
  /** Encoding and line ends, in words: what the lines of the text do not show. */
  form: string;
}

/**
 * Bytes as text: UTF-8, Latin-1 or, with a byte order mark, UTF-16; null for binary data. Neither a zero byte nor any
 * other character may be a way to hide source from the judge: what is mostly printable is text.
 */
export function decodeText(bytes: Uint8Array): DecodedText | null {
  const text = decodeUtf8(bytes);
  if (text !== null)
    return { text, facts: factsOf(text), form: formOf(hasMark(bytes) ? 'UTF-8 with a mark' : 'UTF-8', text) };
  const wide = wideEncoding(bytes);
  if (printableShare(bytes) < MIN_PRINTABLE_SHARE) {
    if (wide !== null) {
      const read = new TextDecoder(wide).decode(bytes);
      return { text: read, facts: [`read as ${wide}`], form: formOf(wide, read) };
    }
    if (bytes.includes(0)) return null;
  }
  const latin = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return { text: latin, facts: ['not UTF-8, read as Latin-1', ...factsOf(latin)], form: formOf('Latin-1', latin) };
}

function printableShare(bytes: Uint8Array): number {
  let printable = 0;
  for (const byte of bytes) if ((byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d)) printable++;
  return printable / Math.max(1, bytes.length);
}

/** A decoder takes the byte order mark away. */
function hasMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

function formOf(encoding: string, text: string): string {
  const all = text.match(/\n/g)?.length ?? 0;
  const wide = text.match(/\r\n/g)?.length ?? 0;
  const ends = wide === 0 ? 'LF' : wide === all ? 'CRLF' : `CRLF on ${wide} of ${all} lines`;
  return `${encoding}, ${ends}${text.endsWith('\n') ? '' : ', no line end at the end'}`;
}

function factsOf(text: string): string[] {
  return text.includes('\r\n') ? ['CRLF line ends'] : [];
}

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function wideEncoding(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null;
}

/** A path's bytes as text; bytes that are not UTF-8 are written out: `caf\xE9.txt`. */
export function decodePath(bytes: Buffer): string {
  return (
    decodeUtf8(bytes) ??
    bytes.toString('latin1').replaceAll(/[\x80-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).toUpperCase()}`)
  );
}
