import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { filler } from './scenarios/scenario.ts';

/** Texts as large as they are wanted, piece by piece: one that says little twice, a log, near copies of one text. */
export const LARGE_TEXTS: Record<string, () => Generator<string>> = {
  *unique() {
    for (const random = randomly(1); ; ) {
      yield `${Array.from({ length: 300 }, () => random(1e12).toString(36)).join(' ')}\n`;
    }
  },
  *'a log'() {
    const agent =
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/122.0 Safari/537.36';
    for (const random = randomly(2); ; ) {
      const request = `"GET /shop/item/${random(500)} HTTP/1.1" 200 ${random(9_999)} "https://www.example.com/" "${agent}"`;
      yield `10.0.${random(255)}.${random(255)} - - [12/Mar/2026:12:${random(59)}:${random(59)} +0000] ${request}\n`;
    }
  },
  *'near copies'() {
    const version = filler(20_000).split('');
    for (const random = randomly(3); ; ) {
      for (let change = 0; change < 5; change += 1) version[random(version.length - 1)] = 'abcdefgh'.charAt(random(7));
      yield `${version.join('')}\n`;
    }
  },
};

/** Writes about `bytes` of one of them. */
export async function writeLargeText(path: string, kind: string, bytes: number): Promise<void> {
  const pieces = LARGE_TEXTS[kind];
  if (pieces === undefined) throw new Error(`no text is called ${kind}`);
  await pipeline(until(pieces(), bytes), createWriteStream(path));
}

function* until(pieces: Iterable<string>, bytes: number): Generator<string> {
  let written = 0;
  for (const piece of pieces) {
    yield piece;
    written += piece.length;
    if (written >= bytes) return;
  }
}

/** The same numbers from 0 to `most` every time, by mulberry32: none of these texts is long enough to begin again. */
function randomly(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * (most + 1));
  };
}
