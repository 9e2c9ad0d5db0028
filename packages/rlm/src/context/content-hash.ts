import { createHash, hash } from 'node:crypto';
import { type Look, RegularFile, readSmallFile } from '@rlm-bridge/files';
import type { JournalContext } from '@rlm-bridge/protocol';
import type { NamedFile } from './find-files.ts';
import { readEach } from './read-each.ts';

/** Takes the content of a context and gives its hash, SHA-256 in hex. */
export type TakeContent = (content: AsyncIterable<Uint8Array>) => Promise<{ sha256: string }>;

/** Hashes content, and keeps nothing of it. */
export const hashContent: TakeContent = async (content) => {
  const hash = createHash('sha256');
  for await (const chunk of content) hash.update(chunk);
  return { sha256: hash.digest('hex') };
};

/** What a context of text or JSON is known again by. */
export async function identifyValue(
  kind: 'text' | 'json',
  pieces: Iterable<string>,
  take: TakeContent,
  signal: AbortSignal,
): Promise<JournalContext> {
  let chars = 0;
  async function* content(): AsyncGenerator<Uint8Array> {
    for (const piece of pieces) {
      signal.throwIfAborted();
      chars += piece.length - (piece.match(/[\udc00-\udfff]/g)?.length ?? 0);
      yield Buffer.from(piece);
    }
  }
  const { sha256 } = await take(content());
  return { kind, chars, sha256 };
}

/** What one file is known again by. @throws {FileFault} */
export async function identifyFile(path: string, signal: AbortSignal): Promise<JournalContext & { kind: 'file' }> {
  const { bytes, sha256 } = await hashFile(path, signal);
  return { kind: 'file', bytes, sha256, path };
}

/** What many files are known again by. @throws {FileFault} */
export async function identifyFiles(
  files: readonly NamedFile[],
  signal: AbortSignal,
): Promise<JournalContext & { kind: 'files' }> {
  const all = createHash('sha256');
  const hashed: (NamedFile & { sha256: string })[] = [];
  let bytes = 0;
  const read: Look<NamedFile, HashedFile> = {
    now: ({ path }) => hashSmallFile(path),
    later: ({ path }) => hashFile(path, signal),
  };
  for await (const file of readEach(files, read)) {
    signal.throwIfAborted();
    const { name, path } = files[hashed.length] as NamedFile;
    bytes += file.bytes;
    all.update(`${JSON.stringify(name)} ${file.sha256}\n`);
    hashed.push({ name, path, sha256: file.sha256 });
  }
  return { kind: 'files', bytes, sha256: all.digest('hex'), files: hashed };
}

interface HashedFile {
  bytes: number;
  sha256: string;
}

function hashSmallFile(path: string): HashedFile | undefined {
  const content = readSmallFile(path);
  return content && { bytes: content.length, sha256: hash('sha256', content, 'hex') };
}

async function hashFile(path: string, signal: AbortSignal): Promise<HashedFile> {
  const file = await RegularFile.open(path);
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of file.chunks(signal)) {
      hash.update(chunk);
      bytes += chunk.length;
    }
  } finally {
    await file.close();
  }
  return { bytes, sha256: hash.digest('hex') };
}
