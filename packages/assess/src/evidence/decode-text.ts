import type { Pace } from './pace.ts';

/** Share of printable ASCII from which bytes are text, whatever the others are. Of images and archives about a third is. */
const MIN_PRINTABLE_SHARE = 0.7;
/** Bytes that are looked at in one go. */
const SLICE_BYTES = 4_000_000;

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
export async function decodeText(bytes: Uint8Array, pace: Pace): Promise<DecodedText | null> {
  const text = await decodeSlices(bytes, pace);
  if (text !== null)
    return { text, facts: factsOf(text), form: formOf(hasMark(bytes) ? 'UTF-8 with a mark' : 'UTF-8', text) };
  const wide = wideEncoding(bytes);
  if ((await printableShare(bytes, pace)) < MIN_PRINTABLE_SHARE) {
    if (wide !== null) {
      const read = new TextDecoder(wide).decode(bytes);
      return { text: read, facts: [`read as ${wide}`], form: formOf(wide, read) };
    }
    if (bytes.includes(0)) return null;
  }
  const latin = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return { text: latin, facts: ['not UTF-8, read as Latin-1', ...factsOf(latin)], form: formOf('Latin-1', latin) };
}

async function printableShare(bytes: Uint8Array, pace: Pace): Promise<number> {
  let printable = 0;
  for (let at = 0; at < bytes.length; at += SLICE_BYTES, await pace.step()) {
    for (const byte of bytes.subarray(at, at + SLICE_BYTES))
      if ((byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d)) printable++;
  }
  return printable / Math.max(1, bytes.length);
}

/** UTF-8 of any length; null: it is none. A slice ends with a line, where no character goes on. */
async function decodeSlices(bytes: Uint8Array, pace: Pace): Promise<string | null> {
  const texts: string[] = [];
  for (let from = 0, to = 0; from === 0 || from < bytes.length; from = to, await pace.step()) {
    const end = bytes.length - from > SLICE_BYTES ? bytes.indexOf(0x0a, from + SLICE_BYTES) : -1;
    to = end === -1 ? Math.max(1, bytes.length) : end + 1;
    const text = decodeUtf8(bytes.subarray(from, to), from > 0);
    if (text === null) return null;
    texts.push(text);
  }
  return texts.join('');
}

/** A decoder takes the byte order mark away. */
function hasMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

function formOf(encoding: string, text: string): string {
  const all = countOf('\n', text);
  const wide = countOf('\r\n', text);
  const ends = wide === 0 ? 'LF' : wide === all ? 'CRLF' : `CRLF on ${wide} of ${all} lines`;
  return `${encoding}, ${ends}${text.endsWith('\n') ? '' : ', no line end at the end'}`;
}

function countOf(part: string, text: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) count++;
  return count;
}

function factsOf(text: string): string[] {
  return text.includes('\r\n') ? ['CRLF line ends'] : [];
}

/** `keepsMark`: a byte order mark is a character of the text, for it does not begin the file. */
function decodeUtf8(bytes: Uint8Array, keepsMark = false): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: keepsMark }).decode(bytes);
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
