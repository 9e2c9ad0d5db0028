import type { Git } from './git.ts';
import { Pace } from './pace.ts';
import { FOLDER, type TreeEntry, TreeObjects } from './tree-objects.ts';

/** The files of a commit, found by their paths: of its folders those on the way are read, each once, and no others. */
export class CommitTree {
  readonly #git: Git;
  readonly #commit: string;
  readonly #folders: TreeObjects;

  constructor(git: Git, commit: string, folders: TreeObjects = new TreeObjects(git)) {
    this.#git = git;
    this.#commit = commit;
    this.#folders = folders;
  }

  /** What there is at these paths, by their keys. Folders of one depth are asked for at once. @throws {WorkerError} */
  async entriesAt(keys: Iterable<string>): Promise<Map<string, TreeEntry>> {
    const found = new Map<string, TreeEntry>();
    const pace = new Pace(this.#git.signal);
    let ways = Array.from(keys, (key) => ({ key, at: 0, folder: this.#folders.rootOf(this.#commit) }));
    while (ways.length > 0) {
      await this.#folders.read(ways.map(({ folder }) => folder));
      const on: typeof ways = [];
      for (const { key, at, folder } of ways) {
        const end = key.indexOf('/', at);
        const entry = this.#folders.of(folder).get(key.slice(at, end === -1 ? undefined : end));
        if (end === -1 && entry !== undefined) found.set(key, entry);
        if (end !== -1 && entry?.mode === FOLDER) on.push({ key, at: end + 1, folder: entry.id });
        if (pace.isDue) await pace.rest();
      }
      ways = on;
    }
    return found;
  }
}
