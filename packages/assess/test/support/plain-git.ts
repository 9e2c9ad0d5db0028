import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PlainObjects } from './plain-objects.ts';

// What git keeps of plain files, written without it: starting git once takes longer than all of that.

export type Files = Record<string, string | Buffer>;

interface Entry {
  mode: string;
  id: string;
}

/** Files by the bytes of their paths, each of them a character. */
export type Entries = ReadonlyMap<string, Entry>;

/** Who commits, and when: as git takes it from its environment. */
export const AUTHOR = { name: 'Ada', email: 'ada@example.com', date: '2026-01-02T03:04:05Z' };
const WHO = `${AUTHOR.name} <${AUTHOR.email}> ${Date.parse(AUTHOR.date) / 1000} +0000`;
const CONFIG = '[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n\tlogallrefupdates = true\n';

/** Bytes of an entry of the index before its path: times and sizes, which are all 0, the mode, the id and flags. */
const BEFORE_PATH = 62;
const MORE_FLAGS = 0x4000;

/** The folder `.git` of a repository. */
export class PlainGit {
  readonly #folder: string;
  readonly #objects: PlainObjects;

  /** @param common Where objects are written. Default: its own folder. */
  constructor(repository: string, common?: PlainObjects) {
    this.#folder = join(repository, '.git');
    this.#objects = common ?? new PlainObjects(join(this.#folder, 'objects'));
  }

  /** Makes it, on the branch `head`. */
  begin(head: string): void {
    const own = join(this.#folder, 'objects');
    for (const folder of [own, join(this.#folder, 'refs/heads')]) mkdirSync(folder, { recursive: true });
    if (this.#objects.folder !== own) this.#write('objects/info/alternates', `${this.#objects.folder}\n`);
    this.#write('config', CONFIG);
    this.#write('HEAD', `ref: refs/heads/${head}\n`);
  }

  /** These entries with files instead of some, or besides. */
  with(entries: Entries, files: Files): Entries {
    const blobs = Object.entries(files).map(([path, content]): [string, Entry] => {
      return [
        Buffer.from(path).toString('latin1'),
        { mode: '100644', id: this.#objects.put('blob', Buffer.from(content)) },
      ];
    });
    return new Map([...entries, ...blobs]);
  }

  /** A commit of these entries, to which the branch is set. */
  commit(branch: string, message: string, entries: Entries, parent?: string): string {
    const lines = [`tree ${this.#tree(entries)}`, ...(parent === undefined ? [] : [`parent ${parent}`])];
    const text = [...lines, `author ${WHO}`, `committer ${WHO}`, '', `${message}\n`].join('\n');
    const id = this.#objects.put('commit', Buffer.from(text));
    this.#write(`refs/heads/${branch}`, `${id}\n`);
    return id;
  }

  /** What is checked out: its branch, none where it is a commit, and the commit. */
  get head(): { branch: string | undefined; commit: string } {
    const said = this.#read('HEAD').toString().trimEnd();
    const [, branch] = /^ref: refs\/heads\/(.*)$/.exec(said) ?? [];
    return { branch, commit: branch === undefined ? said : this.#read(`refs/heads/${branch}`).toString().trimEnd() };
  }

  /** Sets a branch to what is checked out. */
  point(branch: string): void {
    this.#write(`refs/heads/${branch}`, `${this.head.commit}\n`);
  }

  /** Checks out a branch that starts there, whatever the index has. */
  switchTo(branch: string): void {
    this.point(branch);
    this.#write('HEAD', `ref: refs/heads/${branch}\n`);
  }

  get index(): Entries {
    const bytes = this.#read('index');
    const entries = new Map<string, Entry>();
    for (let at = 12, left = bytes.readUInt32BE(8); left > 0; left--) {
      const isLong = (bytes.readUInt16BE(at + 60) & MORE_FLAGS) !== 0;
      const from = at + BEFORE_PATH + (isLong ? 2 : 0);
      const to = bytes.indexOf(0, from);
      const mode = bytes.readUInt32BE(at + 24).toString(8);
      entries.set(bytes.toString('latin1', from, to), { mode, id: bytes.toString('hex', at + 40, at + 60) });
      at += sizeOf(to - at);
    }
    return entries;
  }

  set index(entries: Entries) {
    const written = inOrder([...entries]).map(([path, { mode, id }]) => {
      const bytes = Buffer.alloc(sizeOf(BEFORE_PATH + path.length));
      bytes.writeUInt32BE(Number.parseInt(mode, 8), 24);
      bytes.write(id, 40, 'hex');
      bytes.writeUInt16BE(Math.min(path.length, 0xfff), 60);
      bytes.write(path, BEFORE_PATH, 'latin1');
      return bytes;
    });
    const head = Buffer.from('DIRC\0\0\0\x02\0\0\0\0');
    head.writeUInt32BE(entries.size, 8);
    const index = Buffer.concat([head, ...written]);
    this.#write('index', Buffer.concat([index, createHash('sha1').update(index).digest()]));
  }

  #tree(entries: Entries): string {
    const folders = new Map<string, Map<string, Entry>>();
    const own: [string, Entry][] = [];
    for (const [path, entry] of entries) {
      const end = path.indexOf('/');
      if (end === -1) own.push([path, entry]);
      else
        folders.set(path.slice(0, end), (folders.get(path.slice(0, end)) ?? new Map()).set(path.slice(end + 1), entry));
    }
    // A folder stands where a file would whose name ends with a slash.
    const trees = [...folders].map(([name, its]): [string, Entry] => [
      `${name}/`,
      { mode: '40000', id: this.#tree(its) },
    ]);
    const lines = inOrder([...own, ...trees]).flatMap(([name, { mode, id }]) => [
      Buffer.from(`${mode} ${name.replace(/\/$/, '')}\0`, 'latin1'),
      Buffer.from(id, 'hex'),
    ]);
    return this.#objects.put('tree', Buffer.concat(lines));
  }

  #read(name: string): Buffer {
    return readFileSync(join(this.#folder, name));
  }

  #write(name: string, content: string | Buffer): void {
    const path = join(this.#folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}

/** By their bytes. */
function inOrder<T>(named: [name: string, T][]): [name: string, T][] {
  return named.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** An entry of the index ends with one zero, or as many more as make it a multiple of eight. */
function sizeOf(bytes: number): number {
  return Math.ceil((bytes + 1) / 8) * 8;
}
