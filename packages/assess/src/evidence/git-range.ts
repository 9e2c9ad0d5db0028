import { realpath } from 'node:fs/promises';
import { isInside } from '@rlm-bridge/files';
import { WorkerError } from '../api/errors.ts';
import type { Git } from './git.ts';

/** What work started from and what it came to, both commits. */
export interface Range {
  /** The commit that the work started from: the merge base. */
  base: string;
  /** The commit that the work has come to. */
  head: string;
}

/** Whole names: a tag or a file in `.git` that is called `main` is not the branch. */
const DEFAULT_BASES = [
  'refs/remotes/origin/HEAD',
  'refs/heads/main',
  'refs/remotes/origin/main',
  'refs/heads/master',
  'refs/remotes/origin/master',
];

/** The range from the merge base of `base` and `head` to `head`. @throws {WorkerError} `evidence_unreadable`, saying what is missing. */
export async function findRange(git: Git, head: string, base: string | undefined): Promise<Range> {
  const tip = await requireCommit(git, head);
  const from = base === undefined ? await defaultBase(git) : await requireCommit(git, base);
  const mergeBase = await git.ask(['merge-base', from, tip]);
  if (mergeBase !== null && mergeBase !== '') return { base: mergeBase, head: tip };
  const shallow = (await git.ask(['rev-parse', '--is-shallow-repository'])) === 'true';
  const advice = shallow
    ? 'The clone is shallow: fetch more of its history (git fetch --unshallow, or fetch-depth: 0 in CI).'
    : 'Name the commit that the work started from as base.';
  throw new WorkerError(
    'evidence_unreadable',
    `${base ?? 'The base'} and ${head} have no common commit here. ${advice}`,
  );
}

/** The commit that a name stands for, or null. */
export async function findCommit(git: Git, name: string): Promise<string | null> {
  return await git.ask(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]);
}

/**
 * The whole name of the branch, tag or remote branch that a name stands for; null: it is none, but a commit or `HEAD~1`.
 * @throws {WorkerError} when it is several, of different commits: git would take one without a word.
 */
export async function findRef(git: Git, name: string): Promise<string | null> {
  if (name === 'HEAD') return await git.ask(['symbolic-ref', '--quiet', 'HEAD']);
  const refs = [name, `refs/heads/${name}`, `refs/tags/${name}`, `refs/remotes/${name}`];
  const found: [ref: string, commit: string][] = [];
  for (const ref of refs.filter((one) => one.startsWith('refs/'))) {
    const commit = await findCommit(git, ref);
    if (commit !== null) found.push([ref, commit]);
  }
  if (new Set(found.map(([, commit]) => commit)).size < 2) return found[0]?.[0] ?? null;
  const list = found.map(([ref, commit]) => `${ref} (${commit.slice(0, 12)})`).join(' or ');
  throw new WorkerError('worker_ambiguous', `"${name}" could be ${list} in ${git.cwd}. Name it in full.`);
}

async function requireCommit(git: Git, name: string): Promise<string> {
  const ref = await findRef(git, name);
  const found = (await findCommit(git, ref ?? name)) ?? (await findCommit(git, `refs/remotes/origin/${name}`));
  if (found !== null) return found;
  throw new WorkerError(
    'evidence_unreadable',
    `There is no commit "${name}" in ${git.cwd}. Fetch it, or name another.`,
  );
}

async function defaultBase(git: Git): Promise<string> {
  for (const name of DEFAULT_BASES) {
    const found = await findCommit(git, name);
    if (found !== null) return found;
  }
  throw new WorkerError('evidence_unreadable', `${git.cwd} has no origin/HEAD, main or master. Name the base.`);
}

/** The top of the work tree that a directory is in. */
export async function findTop(git: Git): Promise<string> {
  const top = await git.ask(['rev-parse', '--show-toplevel']);
  if (top !== null) return await requireAround(top, git.cwd);
  throw new WorkerError('evidence_unreadable', `${git.cwd} is not in a git work tree. Outside git, use files.`);
}

/** A repository may be told that its work tree is elsewhere; then another one than was named would be judged. */
async function requireAround(top: string, folder: string): Promise<string> {
  if (isInside(await realpath(top), await realpath(folder))) return top;
  const where = `${folder} belongs to a repository whose work tree is ${top} (core.worktree)`;
  throw new WorkerError('evidence_unreadable', `${where}. Name that, or unset it.`);
}
