import { type Change, changeOf, type Side, SUBMODULE } from './git-changes.ts';
import type { TreeChange } from './tree-changes.ts';
import type { TreeEntry } from './tree-objects.ts';

/** What differs between two trees, as git tells it; null: it is for git to say, or there is no saying. */
export function plainChanges(differing: readonly TreeChange[] | null): Change[] | null {
  if (differing === null) return null;
  return asPlain(differing.map(({ key, before, after }) => changeOf(sideOf(key, before), sideOf(key, after))));
}

/** Null: what was renamed, and what became of submodules, is for git to say. */
export function asPlain(changes: Change[]): Change[] | null {
  const mayBeRenamed = ['added', 'deleted'].every((wanted) => changes.some(({ status }) => status === wanted));
  const hasSubmodule = changes.some(({ before, after }) => before?.mode === SUBMODULE || after?.mode === SUBMODULE);
  return mayBeRenamed || hasSubmodule ? null : changes;
}

export function sideOf(key: string, entry: TreeEntry | null): Side | null {
  return entry && { mode: entry.mode, blob: entry.id, path: Buffer.from(key, 'latin1') };
}
