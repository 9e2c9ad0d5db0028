import { isUtf8 } from 'node:buffer';
import { type Look, RegularFile, readSmallFile } from '@rlm-bridge/files';
import { RLMError } from '../api/errors.ts';
import { readEach } from './read-each.ts';

/** Checks files, without keeping them, in their order. @throws {FileError} @throws {RLMError} `context_not_utf8` */
export async function checkTextFiles(files: readonly { path: string }[], signal: AbortSignal): Promise<void> {
  const check: Look<{ path: string }, true> = {
    now: ({ path }) => isSmallText(path),
    later: async ({ path }) => {
      await checkTextFile(path, signal);
      return true;
    },
  };
  for await (const _ of readEach(files, check)) signal.throwIfAborted();
}

function isSmallText(path: string): true | undefined {
  const bytes = readSmallFile(path);
  return bytes !== undefined && isUtf8(bytes) ? true : undefined;
}

/** Checks, without keeping it, that a file can be read and is UTF-8. @throws {FileError} @throws {RLMError} `context_not_utf8` */
export async function checkTextFile(path: string, signal: AbortSignal): Promise<void> {
  const file = await RegularFile.open(path);
  try {
    const offset = await firstInvalidByte(file.chunks(signal));
    if (offset === undefined) return;
    const advice = 'A context is text: convert the file, or leave it out';
    throw new RLMError(
      'context_not_utf8',
      `${path} is not UTF-8: the first wrong byte is at offset ${offset}. ${advice}.`,
    );
  } finally {
    await file.close();
  }
}

/** Offset of the first byte that is not UTF-8, or undefined. */
export async function firstInvalidByte(chunks: AsyncIterable<Buffer>): Promise<number | undefined> {
  let carried = Buffer.alloc(0);
  let offset = 0;
  for await (const chunk of chunks) {
    const bytes = carried.length > 0 ? Buffer.concat([carried, chunk]) : chunk;
    const complete = withoutCutCharacter(bytes);
    if (!isUtf8(complete)) return offset + firstInvalidIn(bytes);
    carried = Buffer.from(bytes.subarray(complete.length));
    offset += complete.length;
  }
  return carried.length > 0 ? offset : undefined;
}

/** The bytes without a character at their end that may go on in the next chunk. */
function withoutCutCharacter(bytes: Buffer): Buffer {
  return bytes.subarray(0, startOfCutCharacter(bytes, bytes.length));
}

/** Where the character begins that `end` cuts in two; `end` itself when it cuts none. */
function startOfCutCharacter(bytes: Buffer, end: number): number {
  for (let back = 1; back <= Math.min(3, end); back++) {
    const byte = bytes[end - back] ?? 0;
    if (byte < 0x80) return end;
    if (byte >= 0xc0) return lengthByFirstByte(byte) > back ? end - back : end;
  }
  return end;
}

/** Bytes of the character that `byte` begins; 1 for a byte that begins none. */
function lengthByFirstByte(byte: number): number {
  if (byte < 0xc2 || byte > 0xf4) return 1;
  return byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
}

/** Halves the search: a prefix is valid exactly as long as the wrong character is not in it. */
function firstInvalidIn(bytes: Buffer): number {
  let valid = 0;
  let invalid = bytes.length;
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    if (isUtf8(withoutCutCharacter(bytes.subarray(0, middle)))) valid = middle;
    else invalid = middle;
  }
  return startOfCutCharacter(bytes, valid);
}
