import { WorkerError } from '../api/errors.ts';
import type { WorkerSpec } from '../api/options.ts';
import { Git } from './git.ts';
import { findCommit } from './git-range.ts';

/** Something that an id may stand for. */
export interface Candidate {
  spec: Omit<WorkerSpec, 'id'>;
  /** What it is, in words and by its whole name: `the branch refs/heads/auth`. */
  label: string;
  /** The commit that it has come to; null: it has none, or none that can be told. */
  commit: string | null;
}

export async function worktreeCandidate(worktree: string, label: string, signal?: AbortSignal): Promise<Candidate> {
  return { spec: { worktree }, label, commit: await commitIn(worktree, 'HEAD', signal) };
}

export async function branchCandidate(
  spec: { branch: string; repository: string; base?: string },
  label: string,
  signal?: AbortSignal,
): Promise<Candidate> {
  return { spec, label, commit: await commitIn(spec.repository, spec.branch, signal) };
}

/** The one that it is; the first of those that have come to the same commit. @throws {WorkerError} `worker_ambiguous` */
export function theOne(id: string, candidates: readonly Candidate[]): Candidate | null {
  const different = candidates.filter(
    ({ commit }, index) => commit === null || candidates.findIndex((other) => other.commit === commit) === index,
  );
  if (different.length < 2) return different[0] ?? null;
  const list = different.map(({ label, commit }) => (commit === null ? label : `${label} (${commit.slice(0, 12)})`));
  throw new WorkerError(
    'worker_ambiguous',
    `"${id}" could be ${list.slice(0, -1).join(', ')} or ${list.at(-1)}, which hold different work. ` +
      'Name the one you mean by its whole path or ref, or give it as { id, worktree | branch | outputs }.',
  );
}

/** A place that is not there, or no repository, has no commit. */
async function commitIn(folder: string, name: string, signal: AbortSignal | undefined): Promise<string | null> {
  return await findCommit(new Git(folder, signal), name);
}
