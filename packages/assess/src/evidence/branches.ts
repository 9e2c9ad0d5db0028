import type { Candidate } from './candidate.ts';
import type { Git } from './git.ts';
import { findCommit } from './git-range.ts';

/** No name of a branch holds one of these, which a pattern reads as something else. */
const NO_NAME = /[*?[\\\0]/;
const REMOTES = 'refs/remotes/';

/** The branches of a name in a repository and in every remote that was fetched, or the one reference of a whole name. */
export async function findBranches(id: string, git: Git): Promise<Candidate[]> {
  if (NO_NAME.test(id)) return [];
  const isWhole = id.startsWith('refs/');
  const own = isWhole ? [id] : [`refs/heads/${id}`, `${REMOTES}${id}`];
  const found = await listRefs(git, isWhole ? own : [...own, `${REMOTES}**/${id}`]);
  const ofRemotes = [...found.keys()].filter((ref) => ref.endsWith(`/${id}`) && !own.includes(ref));
  const remotes = isWhole || ofRemotes.length === 0 ? [] : await listRemotes(git);
  const candidates: Candidate[] = [];
  for (const ref of [...own, ...remotes.map((remote) => `${REMOTES}${remote}/${id}`)]) {
    const commit = found.has(ref) ? (found.get(ref) ?? (await findCommit(git, ref))) : null;
    if (commit === null) continue;
    candidates.push({ spec: { branch: ref, repository: git.cwd }, label: `the branch ${ref}`, commit });
  }
  return candidates;
}

/** References of these patterns, and below them, with their commits; null: a tag, or no commit. */
async function listRefs(git: Git, patterns: readonly string[]): Promise<Map<string, string | null>> {
  const printed = await git.ask(['for-each-ref', '--format=%(objecttype) %(objectname) %(refname)', '--', ...patterns]);
  const lines = (printed ?? '').split('\n').map((line) => line.split(' '));
  return new Map(lines.map(([type, id = '', ref = '']) => [ref, type === 'commit' ? id : null]));
}

async function listRemotes(git: Git): Promise<string[]> {
  return ((await git.ask(['remote'])) ?? '').split('\n').filter((remote) => remote !== '');
}
