import { WorkerError } from '../errors.ts';
import type { Git } from './git.ts';

/** What work started from and what it came to, both commits. */
export interface Range {
  base: string;
  head: string;
}

const DEFAULT_BASES = ['refs/remotes/origin/HEAD', 'main', 'master'];

/** From the merge base of `base` and `head` to `head`. @throws {WorkerError} `evidence_unreadable`, saying what is missing. */
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

async function requireCommit(git: Git, name: string): Promise<string> {
  const found = (await findCommit(git, name)) ?? (await findCommit(git, `refs/remotes/origin/${name}`));
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
  if (top !== null) return top;
  throw new WorkerError('evidence_unreadable', `${git.cwd} is not in a git work tree. Outside git, use files.`);
}
