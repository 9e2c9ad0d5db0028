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

export const FOLDER = '40000';

/** The files of a commit, found by their paths: of its folders those on the way are read, each once, and no others. */
export class CommitTree {
  readonly #git: Git;
  readonly #commit: string;
  readonly #folders = new Map<string, ReadonlyMap<string, TreeEntry>>();

  constructor(git: Git, commit: string) {
    this.#git = git;
    this.#commit = commit;
  }

  /** What there is at these paths, by their keys. Folders of one depth are asked for at once. @throws {WorkerError} */
  async entriesAt(keys: Iterable<string>): Promise<Map<string, TreeEntry>> {
    const found = new Map<string, TreeEntry>();
    const pace = new Pace(this.#git.signal);
    let ways = Array.from(keys, (key) => ({ key, at: 0, folder: `${this.#commit}^{tree}` }));
    while (ways.length > 0) {
      await this.#read(new Set(ways.map(({ folder }) => folder)), pace);
      const on: typeof ways = [];
      for (const { key, at, folder } of ways) {
        const end = key.indexOf('/', at);
        const entry = this.#folders.get(folder)?.get(key.slice(at, end === -1 ? undefined : end));
        if (end === -1 && entry !== undefined) found.set(key, entry);
        if (end !== -1 && entry?.mode === FOLDER) on.push({ key, at: end + 1, folder: entry.id });
        if (pace.isDue) await pace.rest();
      }
      ways = on;
    }
    return found;
  }

  async #read(folders: ReadonlySet<string>, pace: Pace): Promise<void> {
    const unread = [...folders].filter((id) => !this.#folders.has(id));
    if (unread.length === 0) return;
    const objects = await this.#git.objects(unread);
    for (const [at, id] of unread.entries()) {
      const { line, bytes } = objects[at] ?? { line: '', bytes: Buffer.alloc(0) };
      if (!/^[0-9a-f]+ tree \d+$/.test(line)) {
        throw new WorkerError('evidence_unreadable', `git has no tree ${id} (${line}). ${FETCH_FIRST}`);
      }
      this.#folders.set(id, entriesIn(bytes, this.#commit.length));
      await pace.step();
    }
  }
}

/** What is in one folder, by keys of names. */
function entriesIn(folder: Buffer, idLength: number): Map<string, TreeEntry> {
  const entries = new Map<string, TreeEntry>();
  for (let at = 0; at < folder.length; ) {
    const [space, end] = [folder.indexOf(0x20, at), folder.indexOf(0, at)];
    const mode = shown(folder.toString('latin1', at, space));
    at = end + 1 + idLength / 2;
    entries.set(folder.toString('latin1', space + 1, end), { mode, id: folder.toString('hex', end + 1, at) });
  }
  return entries;
}

/** Old repositories have files of other permissions than git tells apart. */
function shown(mode: string): string {
  if (!/^100\d{3}$/.test(mode)) return mode;
  return (Number.parseInt(mode, 8) & 0o100) === 0 ? '100644' : '100755';
}
