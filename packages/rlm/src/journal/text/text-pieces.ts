import { createHash } from 'node:crypto';
import type { TextPiece } from '@rlm-bridge/protocol';
import type { Said, SaidTexts } from './said-texts.ts';
import { MIN_CHARS } from './said-texts.ts';
import type { SliceFinder } from './slice-finder.ts';
import type { Pointer } from './texts.ts';
import { textAt, withTexts } from './texts.ts';

/** From this length on, in characters, what is said is a blob of the store. */
export const BLOB_CHARS = 64 * 1024;

/** A line with every text once: the others stand in pieces under `texts`. */
export type Pieced<R> = R & { texts?: Record<Pointer, TextPiece[]> };

/** Texts by their hash. */
export type Blobs = ReadonlyMap<string, string>;

/** What a line refers to is not there. */
export class TextMissing extends Error {
  override readonly name = 'TextMissing';
}

/** A record in pieces, and the blobs that it has. */
export function inPieces<R extends object>(record: R, finder: SliceFinder): { line: Pieced<R>; blobs: Blobs } {
  const texts: [Pointer, TextPiece[]][] = [];
  const blobs = new Map<string, string>();
  const say = (text: string): TextPiece => {
    if (text.length < BLOB_CHARS || !text.isWellFormed()) return text;
    const blob = createHash('sha256').update(text).digest('hex');
    blobs.set(blob, text);
    return { blob };
  };
  const line = withTexts(record, (text, pointer) => {
    if (text.length < MIN_CHARS) return text;
    const pieces = piecesOf(text, finder).map((piece) => (typeof piece === 'string' ? say(piece) : piece));
    if (pieces.length === 1 && pieces[0] === text) return text;
    texts.push([pointer, pieces]);
    return '';
  });
  return { line: texts.length === 0 ? line : { ...line, texts: Object.fromEntries(texts) }, blobs };
}

function piecesOf(text: string, finder: SliceFinder): TextPiece[] {
  const pieces: TextPiece[] = [];
  let done = 0;
  for (const { from, to, slice } of finder.find(text)) {
    if (from > done) pieces.push(text.slice(done, from));
    pieces.push(slice);
    done = to;
  }
  if (done < text.length) pieces.push(text.slice(done));
  return pieces;
}

/** The record of a line. @throws {TextMissing} */
export function inWhole<R extends object>({ texts = {}, ...line }: Pieced<R>, said: SaidTexts, blobs: Blobs): object {
  for (const pointer of Object.keys(texts)) {
    if (textAt(line, pointer) !== '') throw new TextMissing(`a text is to stand at ${pointer}, where none is left out`);
  }
  const whole = (piece: TextPiece) => {
    const text = Array.isArray(piece) ? said.textOf(piece) : textOf(piece, blobs);
    if (text === undefined) throw new TextMissing(`it has a text of ${JSON.stringify(piece)}, where none is said`);
    return text;
  };
  return withTexts(line, (text, pointer) =>
    Object.hasOwn(texts, pointer) ? (texts[pointer] ?? []).map(whole).join('') : text,
  );
}

/** What a line says itself. `n`: its number. */
export function* saidIn({ texts = {}, ...line }: Pieced<object>, n: number, blobs: Blobs): Generator<Said, void, void> {
  const whole: Said[] = [];
  withTexts(line, (text, at) => {
    if (text !== '') whole.push({ record: n, at, from: 0, text });
    return text;
  });
  yield* whole;
  for (const [at, pieces] of Object.entries(texts)) {
    let from = 0;
    for (const piece of pieces) {
      if (Array.isArray(piece)) {
        from += piece[3] - piece[2];
        continue;
      }
      const text = typeof piece === 'string' ? copyOf(piece) : (blobs.get(piece.blob) ?? '');
      yield { record: n, at, from, text };
      from += text.length;
    }
  }
}

/** The hashes of the blobs that a line has. */
export function blobsOf({ texts = {} }: Pieced<object>): string[] {
  return Object.values(texts).flatMap((pieces) =>
    pieces.flatMap((piece) => (typeof piece === 'object' && 'blob' in piece ? [piece.blob] : [])),
  );
}

function textOf(piece: string | { blob: string }, blobs: Blobs): string | undefined {
  return typeof piece === 'string' ? piece : blobs.get(piece.blob);
}

/** A text that does not keep the longer one in memory that it was cut from. */
function copyOf(text: string): string {
  return text.length < MIN_CHARS ? text : (JSON.parse(JSON.stringify(text)) as string);
}
