import { LineDecoder } from '@rlm-bridge/protocol';
import { RLMError } from '../api/errors.ts';

const [NEWLINE, TAB] = [0x0a, 0x09];

/**
 * Lines as they stand in a file. One that goes on in the next has a tab at its end, so that of what was appended together
 * all is read or nothing. JSON is what it was with blanks at its end; a line that ends with one has one more.
 * @throws {RLMError} `invalid_options`
 */
export function encodeLines(lines: readonly string[]): Uint8Array {
  for (const line of lines) checkLine(line);
  const last = lines.length - 1;
  const text = lines.map((line, i) => `${/[\t ]$/.test(line) ? `${line} ` : line}${i < last ? '\t' : ''}\n`);
  return Buffer.from(text.join(''));
}

/** @throws {RLMError} `invalid_options`: what cannot be read back as it was is never written. */
export function checkLine(line: unknown): asserts line is string {
  if (typeof line !== 'string') throw new RLMError('invalid_options', 'A line of a journal is a string.');
  if (line.includes('\n')) throw new RLMError('invalid_options', 'A line of a journal has no newline in it.');
  if (!line.isWellFormed()) throw new RLMError('invalid_options', 'A line of a journal has no lone surrogate in it.');
}

/** The lines that were appended whole. @throws {FramingError} for bytes that are no UTF-8. */
export async function* decodeLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, void> {
  const decoder = new LineDecoder(Number.POSITIVE_INFINITY);
  let together: string[] = [];
  for await (const chunk of chunks) {
    for (const stored of decoder.push(chunk)) {
      const goesOn = stored.endsWith('\t');
      const line = goesOn ? stored.slice(0, -1) : stored;
      together.push(line.endsWith(' ') ? line.slice(0, -1) : line);
      if (goesOn) continue;
      yield* together;
      together = [];
    }
  }
}

/** The bytes after so many lines, which are not decoded. */
export async function* skipLines(
  chunks: AsyncIterable<Uint8Array>,
  count: number,
): AsyncGenerator<Uint8Array, void, void> {
  let left = count;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = 0; left > 0; left--) {
      end = chunk.indexOf(NEWLINE, start);
      if (end === -1) break;
      start = end + 1;
    }
    if (left === 0) yield chunk.subarray(start);
  }
}

/** How many of the bytes of a journal were appended whole: up to the last line that does not go on. */
export async function wholeBytes(
  size: number,
  read: (from: number, to: number) => Promise<Uint8Array>,
): Promise<number> {
  const step = 64 * 1024;
  for (let end = size; end > 0; end -= step) {
    // One byte more: whether a line goes on stands before its end.
    const from = Math.max(0, end - step - 1);
    const bytes = await read(from, end);
    for (let at = bytes.length - 1; at >= (from === 0 ? 0 : 1); at--) {
      if (bytes[at] === NEWLINE && bytes[at - 1] !== TAB) return from + at + 1;
    }
  }
  return 0;
}
