import { counted, visible, visibleLines } from '@rlm-bridge/text';
import { loggedCommits } from './commit-log.ts';
import { type ReadCommit, readCommits } from './commit-objects.ts';
import { decodePath } from './decode-text.ts';
import { type EvidenceDocument, OTHER, plainLines } from './document.ts';
import type { Git } from './git.ts';
import type { NamedRange } from './git-range.ts';
import { Pace } from './pace.ts';
import type { TreeObjects } from './tree-objects.ts';

/**
 * The commits of a range, oldest first, with their files; null when there are none. It says nothing that another clone, an
 * amended or a rebased commit of the same work would say otherwise: no id and no date.
 */
export async function commitsDocument(
  git: Git,
  { range, line }: Pick<NamedRange, 'range' | 'line'>,
  folders: TreeObjects,
): Promise<EvidenceDocument | null> {
  if (range.base === range.head) return null;
  const pace = new Pace(git.signal);
  const commits = (await readCommits(folders, line, range.base, pace)) ?? (await loggedCommits(git, range));
  if (commits.length === 0) return null;
  const lines: string[] = [];
  for (const [at, commit] of commits.entries()) {
    lines.push(...linesOf(commit, at + 1), '');
    await pace.step();
  }
  const facts = [counted(commits.length, 'commit')];
  return { name: `${OTHER}commits`, kind: 'commits', facts, lines: plainLines(lines) };
}

function linesOf({ author, message, files }: ReadCommit, nth: number): string[] {
  const paths = files.map((path) => `  ${visible(decodePath(path))}`);
  return [`commit ${nth}`, `author ${visible(author)}`, ...visibleLines(message.trimEnd()), 'files:', ...paths];
}
