import { posix } from 'node:path';

/** What stands where in a picture, as Latin-1. */
type Sign = readonly [at: number, text: string];

const JPEG: readonly Sign[] = [[0, '\xff\xd8\xff']];
/** How a picture begins, by the end of its name. SVG is text, and is read. */
const SIGNS: Record<string, readonly Sign[]> = {
  '.png': [[0, '\x89PNG\r\n\x1a\n']],
  '.jpg': JPEG,
  '.jpeg': JPEG,
  '.gif': [[0, 'GIF8']],
  '.webp': [
    [0, 'RIFF'],
    [8, 'WEBP'],
  ],
  '.avif': [[4, 'ftypavi']],
  '.ico': [[0, '\0\0\x01\0']],
};

/** Whether a file is a picture, by its name and by how it begins: by one of them alone anything could call itself one. */
export function isPicture(name: string, bytes: Uint8Array): boolean {
  const signs = SIGNS[posix.extname(name).toLowerCase()];
  return signs?.every(([at, text]) => latin1(bytes.subarray(at, at + text.length)) === text) ?? false;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
