import { basename, dirname } from 'node:path';
import type { Git } from './git.ts';

/** A work tree of a repository, as git lists it. */
export interface ListedWorktree {
  path: string;
  /** The whole name of its branch; null: it is at a commit. */
  branch: string | null;
  /** The commit that is checked out; null: none yet. */
  head: string | null;
  /** The names that an id may call it by, the shortest that says something first, its path last. */
  names: readonly string[];
}

/** The work trees of a repository, the main one first; without those that are bare or gone from disk. */
export async function listWorktrees(git: Git): Promise<ListedWorktree[]> {
  const listed = (await git.ask(['worktree', 'list', '--porcelain', '-z'])) ?? '';
  const records = listed.split('\0\0').map((record) => record.split('\0').filter((line) => line !== ''));
  const repository = basename(attribute(records[0], 'worktree') ?? '');
  return records.flatMap((lines, index) => {
    const path = attribute(lines, 'worktree');
    if (path === undefined || lines.some((line) => line === 'bare' || /^prunable\b/.test(line))) return [];
    const names = index === 0 ? [basename(path)] : namesOf(path, repository);
    const head = attribute(lines, 'HEAD') ?? '';
    return [
      {
        path,
        branch: attribute(lines, 'branch') ?? null,
        head: /[1-9a-f]/.test(head) ? head : null,
        names: [...names, path],
      },
    ];
  });
}

/** Codex and vibe-kanban put a work tree at `<id>/<repository>`: its folder's name says which repository, and not which work. */
function namesOf(path: string, repository: string): string[] {
  const own = basename(path);
  return own === repository ? [basename(dirname(path)), own] : [own];
}

function attribute(lines: readonly string[] | undefined, key: string): string | undefined {
  return lines?.find((line) => line.startsWith(`${key} `))?.slice(key.length + 1);
}
