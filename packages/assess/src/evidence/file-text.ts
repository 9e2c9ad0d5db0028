import { decodeText } from './decode-text.ts';
import { readPointer } from './lfs.ts';

/** A file, or a side of a change, as far as it can be read. */
export type FileText =
  | { kind: 'text'; text: string; facts: readonly string[]; form: string }
  | { kind: 'binary'; bytes: number }
  | { kind: 'lfs'; sha256: string; size: number }
  | { kind: 'submodule'; commit: string };

export function readText(bytes: Uint8Array): FileText {
  const pointer = readPointer(bytes);
  if (pointer !== null) return { kind: 'lfs', ...pointer };
  const decoded = decodeText(bytes);
  return decoded === null ? { kind: 'binary', bytes: bytes.length } : { kind: 'text', ...decoded };
}

/** What it is, in one line. */
export function describe(side: FileText): string {
  switch (side.kind) {
    case 'text':
      return side.text === '' ? 'empty file' : `text of ${side.text.length} characters`;
    case 'binary':
      return `binary data, ${side.bytes} bytes`;
    case 'lfs':
      return `Git LFS pointer to ${side.size} bytes, sha256 ${side.sha256}`;
    case 'submodule':
      return `submodule at commit ${side.commit}`;
  }
}
