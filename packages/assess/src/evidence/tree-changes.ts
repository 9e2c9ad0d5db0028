import type { Pace } from './pace.ts';
import { FOLDER, type Folder, type TreeEntry, type TreeObjects } from './tree-objects.ts';

/** A path, by its key, at which two trees have something else; null: nothing. */
export interface TreeChange {
  key: string;
  before: TreeEntry | null;
  after: TreeEntry | null;
}

/** Two folders of one path, of which at least one is there. */
interface Pair {
  path: string;
  before: string | null;
  after: string | null;
}

/** How many changes, or folders of one depth, are looked at: few folders can name each other without end. */
const MOST = 100_000;

/**
 * What differs between two trees, file by file, in git's order; null: it is very much. Folders that are the same are not read.
 * @throws {WorkerError}
 */
export async function treeChanges(
  folders: TreeObjects,
  before: string,
  after: string,
  pace: Pace,
): Promise<TreeChange[] | null> {
  const changes: TreeChange[] = [];
  let pairs: Pair[] = before === after ? [] : [{ path: '', before, after }];
  while (pairs.length > 0) {
    await folders.read(pairs.flatMap((pair) => [pair.before, pair.after].filter((id) => id !== null)));
    const below: Pair[] = [];
    for (const pair of pairs) {
      const sides = [contentOf(folders, pair.before), contentOf(folders, pair.after)] as const;
      for (const { key, before, after } of differingIn(...sides)) {
        const path = `${pair.path}${key}`;
        const inBoth = { path: `${path}/`, before: folderIn(before), after: folderIn(after) };
        if (inBoth.before !== null || inBoth.after !== null) below.push(inBoth);
        const file = { key: path, before: fileIn(before), after: fileIn(after) };
        if (file.before !== null || file.after !== null) changes.push(file);
      }
      if (changes.length + below.length > MOST) return null;
      await pace.step();
    }
    pairs = below;
  }
  return changes.sort((one, other) => (one.key < other.key ? -1 : 1));
}

function contentOf(folders: TreeObjects, id: string | null): Folder {
  return id === null ? new Map() : folders.of(id);
}

/** The names at which two folders have something else. */
function differingIn(old: Folder, now: Folder): TreeChange[] {
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((key) => {
    const [before, after] = [old.get(key) ?? null, now.get(key) ?? null];
    return before?.id === after?.id && before?.mode === after?.mode ? [] : [{ key, before, after }];
  });
}

function folderIn(entry: TreeEntry | null): string | null {
  return entry?.mode === FOLDER ? entry.id : null;
}

function fileIn(entry: TreeEntry | null): TreeEntry | null {
  return entry?.mode === FOLDER ? null : entry;
}
