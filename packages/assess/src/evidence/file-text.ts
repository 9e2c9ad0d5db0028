import { counted } from '@rlm-bridge/text';
import { decodeText } from './decode-text.ts';
import { readPointer } from './lfs.ts';
import type { Pace } from './pace.ts';
import { isPicture } from './picture.ts';
import { shownLines } from './shown-lines.ts';

/** A file, or a side of a change, as far as it can be read. */
export type FileText =
  /** `lines`: of the text, as a judge is shown them. */
  | { kind: 'text'; text: string; lines: readonly string[]; facts: readonly string[]; form: string }
  | { kind: 'binary'; bytes: number }
  | { kind: 'picture'; bytes: number }
  | { kind: 'lfs'; sha256: string; size: number }
  | { kind: 'submodule'; commit: string };

/** @param name By which, with its bytes, it may be a picture; null: it is none, whatever it is called. */
export async function readText(bytes: Uint8Array, name: string | null, pace: Pace): Promise<FileText> {
  const pointer = readPointer(bytes);
  if (pointer !== null) return { kind: 'lfs', ...pointer };
  const decoded = await decodeText(bytes, pace);
  if (decoded !== null) return { kind: 'text', ...decoded, lines: await shownLines(decoded.text, pace) };
  return { kind: name !== null && isPicture(name, bytes) ? 'picture' : 'binary', bytes: bytes.length };
}

/** What it is, in one line. */
export function describe(side: FileText): string {
  switch (side.kind) {
    case 'text':
      return side.text === '' ? 'empty file' : `text of ${counted(side.text.length, 'character')}`;
    case 'binary':
      return `binary data, ${counted(side.bytes, 'byte')}`;
    case 'picture':
      return `picture, ${counted(side.bytes, 'byte')}`;
    case 'lfs':
      return `Git LFS pointer to ${counted(side.size, 'byte')}, sha256 ${side.sha256}`;
    case 'submodule':
      return `submodule at commit ${side.commit}`;
  }
}
