import { hash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';

/** Objects of git, a file each, in a folder: each is written once, and so is the folder that it is in. */
export class PlainObjects {
  readonly folder: string;
  readonly #there = new Set<string>();

  constructor(folder: string) {
    this.folder = folder;
  }

  /** The id of one, which is there from now on. */
  put(type: 'blob' | 'tree' | 'commit', content: Buffer): string {
    const bytes = Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content]);
    const id = hash('sha1', bytes);
    if (this.#there.has(id)) return id;
    const folder = join(this.folder, id.slice(0, 2));
    if (!this.#there.has(folder)) mkdirSync(folder, { recursive: true });
    const file = join(folder, id.slice(2));
    // In a clone the file may be that of the repository it was cloned from, by another link.
    if (!existsSync(file)) writeFileSync(file, deflateSync(bytes, { level: 0 }));
    this.#there.add(id).add(folder);
    return id;
  }
}

/** What repositories of tests have in common, as equal files are equal objects: a process has one folder for them. */
export const COMMON = new PlainObjects(mkdtempSync(join(tmpdir(), 'rlm-objects-')));
