import { realpath } from 'node:fs/promises';
import { isInside } from '@rlm-bridge/files';
import { WorkerError } from '../api/errors.ts';
import type { Git } from './git.ts';

/** Where a work tree is, and what is checked out in it. */
export interface Top {
  top: string;
  /** The whole name of the branch; null: it is at a commit, or at none. */
  branch: string | null;
}

/** The work tree that a directory is in. @throws {WorkerError} `evidence_unreadable` when it is in none, or in another place. */
export async function findTop(git: Git): Promise<Top> {
  const found = await git.ask(['rev-parse', '--symbolic-full-name', 'HEAD', TOP]);
  // A reference is no absolute path. There is none before the first commit, and where a branch is called HEAD.
  const [, name, top] = /^(?:(HEAD|refs\/.*)\n)?(.+)$/s.exec(found ?? '') ?? [];
  if (name !== undefined && top !== undefined) {
    return { top: await requireAround(top, git.cwd), branch: name === 'HEAD' ? null : name };
  }
  const alone = await git.ask(['rev-parse', TOP]);
  if (alone !== null) {
    return { top: await requireAround(alone, git.cwd), branch: await git.ask(['symbolic-ref', '--quiet', 'HEAD']) };
  }
  throw new WorkerError('evidence_unreadable', `${git.cwd} is not in a git work tree. Outside git, use files.`);
}

const TOP = '--show-toplevel';

/** A repository may be told that its work tree is elsewhere; then another one than was named would be judged. */
async function requireAround(top: string, folder: string): Promise<string> {
  if (isInside(await realpath(top), await realpath(folder))) return top;
  const where = `${folder} belongs to a repository whose work tree is ${top} (core.worktree)`;
  throw new WorkerError('evidence_unreadable', `${where}. Name that, or unset it.`);
}
