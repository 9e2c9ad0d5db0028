import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Omitted } from '../api/worker-assessment.ts';
import { counted } from '../text/counted.ts';
import { decodePath } from './decode-text.ts';
import { Git } from './git.ts';
import { type Change, changesOfIndex, changesOfWorkTree, type Side, SUBMODULE } from './git-changes.ts';
import { type Entry, keyOf, readTree } from './git-entries.ts';
import { readWorkTree, type WorkTree } from './work-tree.ts';

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
  readonly #work: WorkTree;
  readonly #submodules: Submodules;

  private constructor(git: Git, work: WorkTree, submodules: Submodules) {
    this.#git = git;
    this.#work = work;
    this.#submodules = submodules;
  }

  /** @param repository In the top folder of the work tree. */
  static async open(repository: Git): Promise<OpenWorkTree> {
    const git = await repository.withoutFilters();
    const work = await readWorkTree(git);
    return new OpenWorkTree(git, work, await readSubmodules(git, work));
  }

  /** What differs between a commit and the work tree. */
  async since(base: string): Promise<WorkTreeChanges> {
    const differing = new Map([...this.#work.differing, ...this.#submodules.moved]);
    const [reported, tree, indexed] = await Promise.all([
      changesOfWorkTree(this.#git, base),
      readTree(this.#git, base),
      changesOfIndex(this.#git, base),
    ]);
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
  const overlooked = [...differing].flatMap(([key, after]): Change[] => {
    const before = tree.get(key) ?? null;
    return seen.has(key) || isSame(before, after) ? [] : [changeOf(before, after)];
  });
  return [...changes, ...overlooked];
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

function changeOf(before: Side | null, after: Side | null): Change {
  const status = before === null ? 'added' : after === null ? 'deleted' : 'modified';
  return { status, before, after, name: decodePath((after ?? before)?.path ?? Buffer.alloc(0)) };
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
    const count = names.includes('.git') ? await uncommittedIn(new Git(folder, git.signal)) : names.length;
    if (count > 0) {
      const detail = `${counted(count, 'file in it is', 'files in it are')} not committed there, and not judged`;
      omitted.push({ file: decodePath(path), reason: 'submodule', detail });
    }
    const head = names.includes('.git') ? await new Git(folder, git.signal).ask(['rev-parse', 'HEAD']) : blob;
    if (head !== null && head !== blob) moved.set(key, { mode, blob: head, path });
  }
  return { moved, omitted };
}

async function uncommittedIn(submodule: Git): Promise<number> {
  const head = await submodule.ask(['rev-parse', 'HEAD']);
  if (head === null) return 0;
  const { changes, omitted } = await (await OpenWorkTree.open(submodule)).since(head);
  return changes.length + omitted.length;
}
