import { WorkerError } from '../api/errors.ts';
import type { Git } from './git.ts';
import { FETCH_FIRST } from './git-entries.ts';
import { Pace } from './pace.ts';

/** What a folder of a commit has of a name. */
export interface TreeEntry {
  /** As git shows it; that of a folder has five digits. */
  mode: string;
  id: string;
}

/** What is in one folder, by keys of names. */
export type Folder = ReadonlyMap<string, TreeEntry>;

export const FOLDER = '40000';

/** Folders of commits, by their ids or by other names of theirs: each is read once. */
export class TreeObjects {
  readonly #git: Git;
  readonly #trees: ReadonlyMap<string, string>;
  readonly #folders = new Map<string, Folder | Buffer>();

  /** @param trees Ids of trees by their commits, as far as they are known. */
  constructor(git: Git, trees: ReadonlyMap<string, string> = new Map()) {
    this.#git = git;
    this.#trees = trees;
  }

  /** What the top folder of a commit is called: its id, where that is known. */
  rootOf(commit: string): string {
    return this.#trees.get(commit) ?? `${commit}^{tree}`;
  }

  /** Reads those that are not known: git is asked once. @throws {WorkerError} */
  async read(names: Iterable<string>): Promise<void> {
    const unread = [...new Set(names)].filter((name) => !this.#folders.has(name));
    if (unread.length === 0) return;
    const pace = new Pace(this.#git.signal);
    const objects = await this.#git.objects(unread);
    for (const [at, name] of unread.entries()) {
      const { line, bytes } = objects[at] ?? { line: '', bytes: Buffer.alloc(0) };
      const [, id] = /^([0-9a-f]+) tree \d+$/.exec(line) ?? [];
      if (id === undefined) {
        throw new WorkerError('evidence_unreadable', `git has no tree ${name} (${line}). ${FETCH_FIRST}`);
      }
      this.#folders.set(name, entriesIn(bytes, id));
      await pace.step();
    }
  }

  /** One that was read. */
  of(name: string): Folder {
    const known = this.#folders.get(name) ?? new Map<string, TreeEntry>();
    if (!Buffer.isBuffer(known)) return known;
    const folder = entriesIn(known, name);
    this.#folders.set(name, folder);
    return folder;
  }

  /** Takes what git would keep of a folder, which need not be read then. */
  put(id: string, bytes: Buffer): void {
    if (!this.#folders.has(id)) this.#folders.set(id, bytes);
  }
}

/** @throws {WorkerError} where a name stands twice: one of the two would hide the other. */
function entriesIn(folder: Buffer, id: string): Folder {
  const entries = new Map<string, TreeEntry>();
  for (let at = 0; at < folder.length; ) {
    const [space, end] = [folder.indexOf(0x20, at), folder.indexOf(0, at)];
    const mode = shown(folder.toString('latin1', at, space));
    const name = folder.toString('latin1', space + 1, end);
    at = end + 1 + id.length / 2;
    if (entries.has(name)) throw new WorkerError('evidence_unreadable', `The tree ${id} has a name twice.`);
    entries.set(name, { mode, id: folder.toString('hex', end + 1, at) });
  }
  return entries;
}

/** Old repositories have files of other permissions than git tells apart. */
function shown(mode: string): string {
  if (!/^100\d{3}$/.test(mode)) return mode;
  return (Number.parseInt(mode, 8) & 0o100) === 0 ? '100644' : '100755';
}
