import type { HostMessage, WorkerMessage } from './messages.ts';
import type { RunSecrets } from './run-spec.ts';
import { MAX_LINE_BYTES } from './version.ts';

const NEWLINE = 0x0a;

/** A stream that cannot be cut into lines any more. Its connection must be closed. */
export class FramingError extends Error {
  override readonly name = 'FramingError';
  readonly code: 'line_too_long' | 'line_not_utf8';

  constructor(code: FramingError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Bytes in, lines out. Splits on `\n` and on nothing else, so U+2028, U+0085 and `\r` stay inside their line.
 * A line, finished or still arriving, may have at most `maxLineBytes` bytes without its `\n`.
 */
export class LineDecoder {
  readonly #maxLineBytes: number;
  readonly #utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;

  constructor(maxLineBytes = MAX_LINE_BYTES) {
    this.#maxLineBytes = maxLineBytes;
  }

  /**
   * Yields each line that `chunk` completes, without its `\n`. Iterate to the end: the rest of the chunk is read as you go.
   * @throws {FramingError} in place of a line that is too long or not UTF-8, after the lines before it.
   */
  *push(chunk: Uint8Array): Generator<string, void> {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.#hold(chunk.subarray(start, end));
      start = end + 1;
      yield this.#take();
    }
    this.#hold(chunk.slice(start));
  }

  #hold(bytes: Uint8Array): void {
    this.#pendingBytes += bytes.length;
    if (this.#pendingBytes > this.#maxLineBytes) {
      throw new FramingError('line_too_long', `A line is longer than ${this.#maxLineBytes} bytes.`);
    }
    if (bytes.length > 0) this.#pending.push(bytes);
  }

  #take(): string {
    const line = joined(this.#pending, this.#pendingBytes);
    this.#pending = [];
    this.#pendingBytes = 0;
    try {
      return this.#utf8.decode(line);
    } catch {
      throw new FramingError('line_not_utf8', `A line of ${line.length} bytes is not UTF-8.`);
    }
  }
}

/** The parts one after another: most lines have one, and are not copied. */
function joined(parts: readonly Uint8Array[], bytes: number): Uint8Array {
  const [first] = parts;
  if (first?.length === bytes) return first;
  const line = new Uint8Array(bytes);
  let offset = 0;
  for (const part of parts) {
    line.set(part, offset);
    offset += part.length;
  }
  return line;
}

/**
 * One message as one line of UTF-8, `\n` included. Lone surrogates leave as JSON escapes.
 * @throws {FramingError} `line_too_long` above `maxLineBytes`.
 */
export function encodeLine(
  message: HostMessage | WorkerMessage | RunSecrets,
  maxLineBytes = MAX_LINE_BYTES,
): Uint8Array {
  const line = new TextEncoder().encode(`${JSON.stringify(message)}\n`);
  if (line.length - 1 > maxLineBytes) {
    throw new FramingError(
      'line_too_long',
      `A message of ${line.length - 1} bytes is longer than a line may be (${maxLineBytes}).`,
    );
  }
  return line;
}
