import type { Readable } from 'node:stream';
import { STDERR_TAIL_BYTES } from './policy.ts';

/** The last bytes that a process wrote to stderr, for error messages. */
export class StderrTail {
  #bytes: Buffer = Buffer.alloc(0);

  constructor(stream: Readable) {
    stream.on('data', (chunk: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]).subarray(-STDERR_TAIL_BYTES);
    });
    stream.on('error', () => {});
  }

  /** Whole lines where the beginning was cut; trimmed, and empty when nothing was written. */
  get text(): string {
    const text = this.#bytes.toString('utf8');
    const cut = this.#bytes.length === STDERR_TAIL_BYTES ? text.slice(text.indexOf('\n') + 1) : text;
    return cut.trim();
  }
}
