import { SUBMODULE } from './git-changes.ts';
import type { Commit } from './git-range.ts';
import type { Pace } from './pace.ts';
import { treeChanges } from './tree-changes.ts';
import type { TreeObjects } from './tree-objects.ts';

/** What a judge is shown of a commit. */
export interface ReadCommit {
  author: string;
  message: string;
  /** The paths that differ from its parent, in git's order. */
  files: Buffer[];
}

/**
 * The commits of a line, oldest first, out of what git keeps of them. Null: there is no line, or what one of them says, or
 * changed, is for git to read.
 * @param base The commit that the line started from.
 */
export async function readCommits(
  folders: TreeObjects,
  line: readonly Commit[] | null,
  base: string,
  pace: Pace,
): Promise<ReadCommit[] | null> {
  if (line === null) return null;
  const commits: ReadCommit[] = [];
  let parent = folders.rootOf(base);
  for (const { tree, bytes } of line.toReversed()) {
    const said = saidIn(bytes);
    const changes = said && (await treeChanges(folders, parent, tree, pace));
    if (said === null || changes === null) return null;
    // Which moves of submodules are told is for the settings of each.
    if (changes.some(({ before, after }) => before?.mode === SUBMODULE || after?.mode === SUBMODULE)) return null;
    commits.push({ ...said, files: changes.map(({ key }) => Buffer.from(key, 'latin1')) });
    parent = tree;
  }
  return commits;
}

/** Who wrote a commit, and what for. Null: it is of another encoding, or of no plain form. */
function saidIn(bytes: Buffer): Omit<ReadCommit, 'files'> | null {
  const end = bytes.indexOf('\n\n');
  if (end === -1 || bytes.includes(0)) return null;
  const head = bytes.toString('utf8', 0, end);
  const [, author] = AUTHOR.exec(head) ?? [];
  return author === undefined || /^encoding /m.test(head) ? null : { author, message: bytes.toString('utf8', end + 2) };
}

/** A name and an address without white space around them, which git takes as they stand. */
const AUTHOR = /^author ([^\s<>](?:[^\n<>]*[^\s<>])? <[^\s<>]+>) \d+ [+-]\d{4}$/m;
