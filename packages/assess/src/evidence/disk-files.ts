import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { lstat, readlink, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { RegularFile } from '@rlm-bridge/files';
import type { Git } from './git.ts';
import { SYMLINK } from './git-changes.ts';
import { blobId } from './git-objects.ts';

/** What stands at a path of the work tree. */
export type DiskFile =
  | { kind: 'link'; mode: string; blob: string }
  | { kind: 'file'; mode: string; blob: string; sha256: string; size: number }
  /** A pipe, a socket or a device. */
  | { kind: 'special' }
  | { kind: 'folder' };

/** Looks at the files of a work tree by their bytes, whatever git remembers of them. No link is followed on the way. */
export class DiskFiles {
  readonly #top: string;
  readonly #idLength: number;
  readonly #signal: AbortSignal | undefined;
  readonly #folders = new Map<string, Promise<boolean>>();

  constructor(git: Git, idLength: number) {
    this.#top = git.cwd;
    this.#idLength = idLength;
    this.#signal = git.signal;
  }

  /** Null: nothing is there, or it is behind a link. */
  async look(path: Buffer): Promise<DiskFile | null> {
    this.#signal?.throwIfAborted();
    const full = this.pathOf(path);
    const stats = await lstat(full).catch(() => null);
    if (stats === null || !(await this.#isOwn(full))) return null;
    if (stats.isDirectory()) return { kind: 'folder' };
    if (stats.isSymbolicLink()) {
      return { kind: 'link', mode: SYMLINK, blob: blobId(await readlink(full, 'buffer'), this.#idLength) };
    }
    return stats.isFile() ? await this.#read(full, stats) : { kind: 'special' };
  }

  pathOf(path: Buffer): Buffer {
    return Buffer.concat([Buffer.from(`${this.#top}/`), path]);
  }

  async #read(full: Buffer, stats: Stats): Promise<DiskFile> {
    const file = await RegularFile.open(full);
    const hash = createHash(this.#idLength === 64 ? 'sha256' : 'sha1').update(`blob ${file.size}\0`);
    const plain = createHash('sha256');
    try {
      for await (const chunk of file.chunks(this.#signal)) {
        hash.update(chunk);
        plain.update(chunk);
      }
    } finally {
      await file.close();
    }
    return {
      kind: 'file',
      mode: modeOf(stats),
      blob: hash.digest('hex'),
      sha256: plain.digest('hex'),
      size: file.size,
    };
  }

  /** Whether the folder of a path is the one of that name, and not another one behind a link. */
  async #isOwn(full: Buffer): Promise<boolean> {
    const folder = dirname(full.toString('latin1'));
    const known = this.#folders.get(folder) ?? isItself(folder);
    this.#folders.set(folder, known);
    return await known;
  }
}

async function isItself(folder: string): Promise<boolean> {
  const bytes = Buffer.from(folder, 'latin1');
  return (await realpath(bytes, 'buffer').catch(() => null))?.equals(bytes) ?? false;
}

/** The mode of a file, as git writes it. */
export function modeOf(stats: Stats): string {
  if (stats.isSymbolicLink()) return SYMLINK;
  return (stats.mode & 0o100) === 0 ? '100644' : '100755';
}
