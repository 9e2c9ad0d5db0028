import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { counted } from '@rlm-bridge/text';
import type { Omitted } from '../api/worker-assessment.ts';
import { CommitTree } from './commit-tree.ts';
import { decodePath } from './decode-text.ts';
import { Git } from './git.ts';
import { type Change, changeOf, changesOfIndex, changesOfWorkTree, type Side, SUBMODULE } from './git-changes.ts';
import { type Entry, keyOf } from './git-entries.ts';
import { blobId } from './git-objects.ts';
import { Pace } from './pace.ts';
import { asPlain, sideOf } from './plain-changes.ts';
import { treeChanges } from './tree-changes.ts';
import { treeId } from './tree-id.ts';
import { FOLDER, TreeObjects } from './tree-objects.ts';
import { readWorkTree, type WorkTree } from './work-tree.ts';
import { readSettings, type WorkTreeSettings } from './work-tree-settings.ts';

export interface WorkTreeChanges {
  changes: readonly Change[];
  omitted: readonly Omitted[];
}

/**
 * Everything that a work tree holds, read once: what git says, what git was told to overlook, files that are not tracked
 * and not ignored, and what is staged and is not the file on disk.
 */
export class OpenWorkTree {
  readonly #git: Git;
  readonly #settings: () => Promise<WorkTreeSettings>;
  readonly #work: WorkTree;
  readonly #submodules: Submodules;
  readonly #folders: TreeObjects;
  #indexed: Promise<string> | null = null;
  /** By the commit. */
  readonly #since = new Map<string, Promise<WorkTreeChanges>>();
  readonly #reported = new Map<string, Promise<Change[]>>();

  private constructor(
    git: Git,
    settings: () => Promise<WorkTreeSettings>,
    work: WorkTree,
    submodules: Submodules,
    folders: TreeObjects,
  ) {
    this.#git = git;
    this.#settings = settings;
    this.#work = work;
    this.#submodules = submodules;
    this.#folders = folders;
  }

  /**
   * @param repository In the top folder of the work tree.
   * @param folders What was read of its commits: of what is known there git need not be asked.
   */
  static async open(repository: Git, folders = new TreeObjects(repository)): Promise<OpenWorkTree> {
    let asked: Promise<WorkTreeSettings> | undefined;
    const settings = () => {
      asked ??= readSettings(repository);
      return asked;
    };
    const work = await readWorkTree(repository, settings);
    return new OpenWorkTree(repository, settings, work, await readSubmodules(repository, work), folders);
  }

  /** Whether anything differs between a commit and the work tree. */
  async isOther(commit: string): Promise<boolean> {
    if (this.#work.untracked.length > 0) return true;
    if (this.#isPlain && (await this.#hasIndexed(commit))) {
      return this.#work.differing.size + this.#submodules.moved.size > 0;
    }
    return (await this.since(commit)).changes.length > 0;
  }

  /** Whether what differs from the index is all known, and no merge is under way. */
  get #isPlain(): boolean {
    const { differing, index, omitted } = this.#work;
    const isMerged = [...differing.keys()].every((key) => index.get(key)?.isUnmerged === false);
    return isMerged && omitted.every(({ reason }) => reason !== 'filtered');
  }

  /** Whether the index has the tree of a commit. */
  async #hasIndexed(commit: string): Promise<boolean> {
    return this.#folders.rootOf(commit) === (await this.#indexedTree(commit.length));
  }

  /** The tree of what the index has. */
  #indexedTree(idLength: number): Promise<string> {
    const files = [...this.#work.index.values()];
    const put = (id: string, bytes: Buffer) => this.#folders.put(id, bytes);
    this.#indexed ??= treeId(files, idLength, new Pace(this.#git.signal), put);
    return this.#indexed;
  }

  /** What a commit has of paths, by their keys; where the index has the same, of all. */
  async #filesOf(commit: string, keys: ReadonlySet<string>): Promise<ReadonlyMap<string, Entry>> {
    if (keys.size === 0) return new Map();
    if (await this.#hasIndexed(commit)) return this.#work.index;
    const entries = await new CommitTree(this.#git, commit, this.#folders).entriesAt(keys);
    const files = [...entries].filter(([, { mode }]) => mode !== FOLDER);
    return new Map(files.map(([key, { mode, id }]) => [key, { mode, blob: id, path: Buffer.from(key, 'latin1') }]));
  }

  /** What differs between a commit and the work tree. */
  since(base: string): Promise<WorkTreeChanges> {
    const changes = this.#since.get(base) ?? this.#changesSince(base);
    this.#since.set(base, changes);
    return changes;
  }

  /** What git says that differs, which is not all of it. */
  reportedSince(commit: string): Promise<Change[]> {
    const reported = this.#reported.get(commit) ?? this.#report(commit);
    this.#reported.set(commit, reported);
    return reported;
  }

  async #report(commit: string): Promise<Change[]> {
    return (await this.#plainSince(commit)) ?? (await changesOfWorkTree((await this.#settings()).git, commit));
  }

  /** What git would report, in its order, by the trees of the commit and of the index; null: it knows better. */
  async #plainSince(commit: string): Promise<Change[] | null> {
    const { index, differing } = this.#work;
    if (!this.#isPlain || [...index.values()].some(({ mode }) => mode === SUBMODULE)) return null;
    const [before, after] = [this.#folders.rootOf(commit), await this.#indexedTree(commit.length)];
    const changes = await treeChanges(this.#folders, before, after, new Pace(this.#git.signal));
    if (changes === null) return null;
    const sides = new Map(changes.map(({ key, ...one }) => [key, [sideOf(key, one.before), sideOf(key, one.after)]]));
    for (const [key, onDisk] of differing) {
      const [old = index.get(key) ?? null] = sides.get(key) ?? [];
      sides.set(key, [old, onDisk]);
    }
    // Of a file that is only meant to be added, the index has the id of an empty one.
    const empty = blobId(Buffer.alloc(0), commit.length);
    if ([...sides.values()].some(([, now]) => now?.blob === empty)) return null;
    const inOrder = [...sides].sort(([one], [other]) => (one < other ? -1 : 1));
    return asPlain(inOrder.flatMap(([, [old = null, now = null]]) => (isSame(old, now) ? [] : [changeOf(old, now)])));
  }

  async #changesSince(base: string): Promise<WorkTreeChanges> {
    const differing = new Map([...this.#work.differing, ...this.#submodules.moved]);
    // Where every file is what the index has, what git says is all there is.
    const others = new Set([...differing.keys(), ...this.#work.untracked.map(({ path }) => keyOf(path))]);
    const [reported, tree] = await Promise.all([this.reportedSince(base), this.#filesOf(base, others)]);
    const indexed = mayBeStaged(tree, this.#work) ? await changesOfIndex(this.#git, base) : [];
    return {
      changes: [
        ...onDisk(reported, tree, differing),
        ...this.#work.untracked.map((after) => changeOf(null, after)),
        ...staged(indexed, this.#work),
      ],
      omitted: [...this.#work.omitted, ...this.#submodules.omitted],
    };
  }
}

/** What git reports, corrected by what is really there. */
function onDisk(
  reported: readonly Change[],
  tree: ReadonlyMap<string, Entry>,
  differing: ReadonlyMap<string, Side | null>,
): Change[] {
  const seen = new Set<string>();
  const changes = reported.flatMap((change): Change[] => {
    const { before, after } = change;
    for (const side of [before, after]) if (side !== null) seen.add(keyOf(side.path));
    const actual = after === null ? undefined : differing.get(keyOf(after.path));
    if (isSame(before, actual)) return [];
    // What has no blob was taken from disk; what has one was taken from the index.
    if (after === null || after.blob === null || actual === undefined) return [change];
    const origin = before !== null && keyOf(before.path) !== keyOf(after.path) ? [changeOf(before, null)] : [];
    const own = tree.get(keyOf(after.path)) ?? null;
    return [...origin, ...(isSame(own, actual) ? [] : [changeOf(own, actual)])];
  });
  const overlooked = [...differing]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, after]): Change[] => {
      const before = tree.get(key) ?? null;
      return seen.has(key) || isSame(before, after) ? [] : [changeOf(before, after)];
    });
  return [...changes, ...overlooked];
}

/** Whether `staged` can find anything in what git says of the index; it is mostly not worth asking. */
function mayBeStaged(tree: ReadonlyMap<string, Entry>, { index, differing, untracked }: WorkTree): boolean {
  const isAsCommitted = (key: string) => {
    const [own, committed] = [index.get(key), tree.get(key)];
    return own?.isUnmerged !== true && own?.mode === committed?.mode && own?.blob === committed?.blob;
  };
  return ![...differing.keys()].every(isAsCommitted) || untracked.some(({ path }) => tree.has(keyOf(path)));
}

/** What the index would commit where the file on disk, or its absence, shows something else. */
function staged(changes: readonly Change[], { differing, untracked }: WorkTree): Change[] {
  const others = new Set(untracked.map(({ path }) => keyOf(path)));
  return changes
    .filter(({ before, after }) => {
      const key = keyOf((after ?? before)?.path ?? Buffer.alloc(0));
      return after === null ? others.has(key) : differing.has(key);
    })
    .map((change) => ({ ...change, isStaged: true }));
}

/** Whether what is on disk is what the commit has. */
function isSame(before: Side | null, actual: Side | null | undefined): boolean {
  if (before === null || !actual) return before === actual;
  return before.mode === actual.mode && before.blob === actual.diskId && keyOf(before.path) === keyOf(actual.path);
}

interface Submodules {
  /** Submodules that are at another commit than the index says, by key. */
  moved: Map<string, Side>;
  omitted: Omitted[];
}

/** Commits of submodules that git may have been told to overlook, and what is not committed in them. */
async function readSubmodules(git: Git, { index }: WorkTree): Promise<Submodules> {
  const moved = new Map<string, Side>();
  const omitted: Omitted[] = [];
  for (const [key, { mode, blob, path }] of index) {
    if (mode !== SUBMODULE) continue;
    const folder = join(git.cwd, String(path));
    const names = await readdir(folder).catch((): string[] => []);
    const submodule = names.includes('.git') ? new Git(folder, git.signal) : null;
    const head = submodule === null ? blob : await submodule.ask(['rev-parse', 'HEAD']);
    const count = submodule === null ? names.length : await uncommittedIn(submodule, head);
    if (count > 0) {
      const detail = `${counted(count, 'file in it is', 'files in it are')} not committed there, and not judged`;
      omitted.push({ file: decodePath(path), reason: 'submodule', detail });
    }
    if (head !== null && head !== blob) moved.set(key, { mode, blob: head, path });
  }
  return { moved, omitted };
}

async function uncommittedIn(submodule: Git, head: string | null): Promise<number> {
  if (head === null) return 0;
  submodule.keep();
  try {
    const { changes, omitted } = await (await OpenWorkTree.open(submodule)).since(head);
    return changes.length + omitted.length;
  } finally {
    submodule.end();
  }
}
