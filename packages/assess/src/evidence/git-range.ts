import { WorkerError } from '../api/errors.ts';
import type { Git } from './git.ts';

/** What work started from and what it came to, both commits. */
export interface Range {
  /** The commit that the work started from: the merge base. */
  base: string;
  /** The commit that the work has come to. */
  head: string;
}

/** A range, and what was learned of it on the way. */
export interface NamedRange {
  range: Range;
  /** The whole name of the branch, tag or remote branch that its head is; null: it is none of them. */
  ref: string | null;
  /** Trees by their commits, of those that were looked at. */
  trees: ReadonlyMap<string, string>;
  /** The commits of the range, newest first; null: they are many, or one of them is a merge. */
  line: readonly Commit[] | null;
}

/** A commit that was read. */
export interface Commit {
  id: string;
  tree: string;
  /** All that git keeps of it. */
  bytes: Buffer;
}

/** Whole names: a tag or a file in `.git` that is called `main` is not the branch. */
const DEFAULT_BASES = [
  'refs/remotes/origin/HEAD',
  'refs/heads/main',
  'refs/remotes/origin/main',
  'refs/heads/master',
  'refs/remotes/origin/master',
];

/** How many of the nearest ancestors of a head are looked at for its base: of most work it is one, and need not be searched. */
const NEAR = 8;

/** The range from the merge base of `base` and `head` to `head`. @throws {WorkerError} `evidence_unreadable`, saying what is missing. */
export async function findRange(git: Git, head: string, base: string | undefined): Promise<Range> {
  return (await findNamedRange(git, head, base)).range;
}

/** The same, and what the head is called. @throws {WorkerError} */
export async function findNamedRange(git: Git, head: string, base: string | undefined): Promise<NamedRange> {
  const { tip, from, ref, ancestors, trees } = await findEnds(git, head, base);
  const isNear = from === tip || ancestors.some((commit) => commit?.id === from);
  const mergeBase = isNear ? from : await git.ask(['merge-base', from, tip]);
  if (mergeBase !== null && mergeBase !== '') {
    return { range: { base: mergeBase, head: tip }, ref, trees, line: lineFrom(mergeBase, ancestors) };
  }
  const shallow = (await git.ask(['rev-parse', '--is-shallow-repository'])) === 'true';
  const advice = shallow
    ? 'The clone is shallow: fetch more of its history (git fetch --unshallow, or fetch-depth: 0 in CI).'
    : 'Name the commit that the work started from as base.';
  throw new WorkerError(
    'evidence_unreadable',
    `${base ?? 'The base'} and ${head} have no common commit here. ${advice}`,
  );
}

/** The commits behind a base up to a head, newest first, where each has the one before it as its only parent. */
function lineFrom(base: string, commits: readonly (Commit | null)[]): Commit[] | null {
  const line: Commit[] = [];
  for (const [at, commit] of commits.entries()) {
    if (commit?.id === base) return line;
    const parent = commits[at + 1]?.id;
    if (commit === null || parent === undefined || !hasOneParent(commit, parent)) return null;
    line.push(commit);
  }
  return null;
}

function hasOneParent({ tree, bytes }: Commit, parent: string): boolean {
  return bytes.toString('latin1').startsWith(`tree ${tree}\nparent ${parent}\nauthor `);
}

/** The commits that a head and a base stand for, and the head with its nearest ancestors. */
interface Ends extends Omit<NamedRange, 'range' | 'line'> {
  tip: string;
  from: string;
  ancestors: readonly (Commit | null)[];
}

/** git is asked once for all of them. */
async function findEnds(git: Git, head: string, base: string | undefined): Promise<Ends> {
  const heads = commitNames(head);
  const before = heads.filter(isWhole).flatMap(ancestorsOf);
  const bases = base === undefined ? DEFAULT_BASES : commitNames(base);
  const names = [...heads, ...before, ...bases];
  const objects = await readCommits(git, names);
  const commits = objects.map((commit) => commit?.id ?? null);
  const found = commits.slice(heads.length + before.length);
  const tip = requireCommit(git, head, commits);
  const from = base === undefined ? defaultBase(git, found) : requireCommit(git, base, found).commit;
  const whole = tip.ref ?? head;
  const near = isWhole(whole) ? [whole, ...ancestorsOf(whole)] : [];
  const ancestors = near.map((name) => objects[names.indexOf(name)] ?? null);
  const trees = new Map(objects.flatMap((commit) => (commit === null ? [] : [[commit.id, commit.tree]])));
  return { tip: tip.commit, from, ref: tip.ref, ancestors, trees };
}

/** Whether a name is that of one commit, whatever stands behind it: git reads other names by what they begin with. */
function isWhole(name: string): boolean {
  return name === 'HEAD' || name.startsWith('refs/');
}

/** Names of the first parent of a commit, of that one's, and so on. */
function ancestorsOf(name: string): string[] {
  return Array.from({ length: NEAR }, (_, n) => `${name}~${n + 1}`);
}

/** The commit that a name stands for, or null. */
export async function findCommit(git: Git, name: string): Promise<string | null> {
  return (await findCommits(git, [name]))[0] ?? null;
}

/** The commits that names stand for, each or null; git is asked once. */
export async function findCommits(git: Git, names: readonly string[]): Promise<(string | null)[]> {
  return (await readCommits(git, names)).map((commit) => commit?.id ?? null);
}

/** What names stand for, each or null. */
async function readCommits(git: Git, names: readonly string[]): Promise<(Commit | null)[]> {
  const objects = (await git.askObjects(names.map(commitOf))) ?? [];
  return names.map((_, at) => {
    const { line = '', bytes } = objects[at] ?? {};
    const id = /^([0-9a-f]+) commit \d+$/.exec(line)?.[1];
    const tree = /^tree ([0-9a-f]+)\n/.exec(bytes?.toString('latin1', 0, MOST_OF_TREE) ?? '')?.[1];
    return id === undefined || tree === undefined || bytes === undefined ? null : { id, tree, bytes };
  });
}

/** Characters of the first line of a commit at most. */
const MOST_OF_TREE = 70;

function commitOf(name: string): string {
  return /[\n\0]/.test(name) || name === '' ? NO_NAME : `${name}^{commit}`;
}

/** No object can be called that. */
const NO_NAME = '..';

/** The refs that a name may be short for. */
function refsOf(name: string): string[] {
  if (name === 'HEAD') return [];
  return [name, `refs/heads/${name}`, `refs/tags/${name}`, `refs/remotes/${name}`].filter((ref) =>
    ref.startsWith('refs/'),
  );
}

/** What a name may stand for: those refs, what git takes it for, and a branch of origin's. */
function commitNames(name: string): string[] {
  return [...refsOf(name), name, `refs/remotes/origin/${name}`];
}

/**
 * The commit, and the whole name of the branch, tag or remote branch; null: it is none, but a commit or `HEAD~1`.
 * @param commits Of its `commitNames`, before any others.
 * @throws {WorkerError} when there is none, or there are several: git would take one without a word.
 */
function requireCommit(
  git: Git,
  name: string,
  commits: readonly (string | null)[],
): { commit: string; ref: string | null } {
  const refs = refsOf(name);
  const found = refs.flatMap((ref, index) => (commits[index] ? [{ ref, commit: commits[index] }] : []));
  if (new Set(found.map(({ commit }) => commit)).size > 1) {
    const list = found.map(({ ref, commit }) => `${ref} (${commit.slice(0, 12)})`).join(' or ');
    throw new WorkerError('worker_ambiguous', `"${name}" could be ${list} in ${git.cwd}. Name it in full.`);
  }
  const [plain, ofOrigin] = commits.slice(refs.length);
  const commit = found[0]?.commit ?? plain ?? ofOrigin;
  if (commit) return { commit, ref: found[0]?.ref ?? null };
  throw new WorkerError(
    'evidence_unreadable',
    `There is no commit "${name}" in ${git.cwd}. Fetch it, or name another.`,
  );
}

function defaultBase(git: Git, commits: readonly (string | null)[]): string {
  const found = commits.find((commit) => commit !== null);
  if (found) return found;
  throw new WorkerError('evidence_unreadable', `${git.cwd} has no origin/HEAD, main or master. Name the base.`);
}
