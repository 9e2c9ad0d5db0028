import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { thrownText } from '@rlm-bridge/text';
import type { AssessOptions, WorkerSpec } from './api/options.ts';
import { listPolecats } from './evidence/gas-town.ts';
import { Git } from './evidence/git.ts';
import { findRange } from './evidence/git-range.ts';
import { readSettings } from './evidence/work-tree-settings.ts';
import { listWorktrees } from './evidence/worktrees.ts';

/** Work that is there, whether it could be judged or not. */
export interface ListedWorker {
  /** What it can be judged by: an id that means this work and no other. */
  id: string;
  /** What it is. */
  kind: 'worktree' | 'branch' | 'polecat' | 'transcript';
  /** Where it is, as `assessWorkers` takes it. */
  spec: WorkerSpec;
  /** The whole name of its branch; null: it is at none, or no work of git. */
  branch: string | null;
  /** The commit that it has come to; null: none that can be told. */
  head: string | null;
  /** Its commits since the base; null: they cannot be counted. */
  commits: number | null;
  /** Whether a work tree holds something that is not committed; null: it is none, or cannot be read. */
  uncommitted: boolean | null;
  /** Why it could not be judged; null: it could. */
  reason: string | null;
}

type Found = Omit<ListedWorker, 'id' | 'spec'> & { names: readonly string[]; spec: Omit<WorkerSpec, 'id'> };

/**
 * What could be judged here: the work trees of the repository of `cwd` (also where Codex and vibe-kanban put theirs, at
 * `<id>/<repository>`), its branches, the polecats of a Gas Town, and transcripts in `outputDir`. A branch that a work tree
 * has checked out is that work tree. Reads only, and asks no model.
 * @throws {WorkerError} (as a rejection) when a `gt` that is there fails.
 * @example
 * ```ts
 * const ready = (await listWorkers({ base: 'main' })).filter(({ reason }) => reason === null);
 * const result = await assessWorkers(ready.map(({ spec }) => spec));
 * ```
 */
export async function listWorkers(
  options: Pick<AssessOptions, 'cwd' | 'base' | 'outputDir' | 'signal'> = {},
): Promise<ListedWorker[]> {
  const { base, outputDir, signal } = options;
  const cwd = resolve(options.cwd ?? process.cwd());
  const git = new Git(cwd, signal);
  const worktrees = await listWorktrees(git);
  const found: Found[] = [
    ...(await Promise.all(worktrees.map((tree) => ofWorktree(tree, base, signal)))),
    ...(await branchesOf(git, base, new Set(worktrees.map(({ branch }) => branch)))),
    ...(await polecatsOf(cwd, base, signal)),
    ...(outputDir === undefined ? [] : await transcriptsIn(resolve(cwd, outputDir))),
  ];
  const uses = Map.groupBy(
    found.flatMap(({ names }) => [...new Set(names)]),
    (name) => name,
  );
  return found.map(({ names, spec, ...facts }) => {
    const id = names.find((name) => uses.get(name)?.length === 1) ?? names.at(-1) ?? '';
    return { id, ...facts, spec: { ...spec, id } };
  });
}

async function ofWorktree(
  { path, branch, names }: Awaited<ReturnType<typeof listWorktrees>>[number],
  base: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Found> {
  const { git } = await readSettings(new Git(path, signal));
  const status = await git.ask(['status', '--porcelain', '-z', '--untracked-files=normal']);
  const uncommitted = status === null ? null : status !== '';
  return {
    kind: 'worktree',
    names,
    branch,
    uncommitted,
    spec: { worktree: path },
    ...(await since(git, 'HEAD', base, uncommitted)),
  };
}

async function branchesOf(git: Git, base: string | undefined, taken: ReadonlySet<string | null>): Promise<Found[]> {
  const refs = ((await git.ask(['for-each-ref', '--format=%(refname)', 'refs/heads'])) ?? '').split('\n');
  const found: Found[] = [];
  for (const ref of refs.filter((one) => one !== '' && !taken.has(one))) {
    const spec = { branch: ref, repository: git.cwd };
    const names = [ref.replace('refs/heads/', ''), ref];
    found.push({ kind: 'branch', names, branch: ref, uncommitted: null, spec, ...(await since(git, ref, base, null)) });
  }
  return found;
}

async function polecatsOf(cwd: string, base: string | undefined, signal: AbortSignal | undefined): Promise<Found[]> {
  const found: Found[] = [];
  for (const { address, candidates } of await listPolecats(cwd, signal)) {
    for (const { spec, label } of candidates) {
      const git = new Git(spec.worktree ?? spec.repository ?? cwd, signal);
      const name = spec.branch ?? 'HEAD';
      // Of several works of one polecat none can be meant by its name alone.
      const names = candidates.length === 1 ? [address] : [address, spec.worktree ?? name];
      found.push({
        kind: 'polecat',
        names,
        branch: spec.branch ?? null,
        uncommitted: null,
        spec,
        ...(await since(git, name, spec.base ?? base, null, label)),
      });
    }
  }
  return found;
}

async function transcriptsIn(folder: string): Promise<Found[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.output')).sort();
  return names.map((name): Found => {
    const outputs = [resolve(folder, name)];
    const reason = 'a transcript alone is a claim, and no work';
    const facts = { branch: null, head: null, commits: null, uncommitted: null };
    return {
      kind: 'transcript',
      names: [name.replace(/\.output$/, ''), outputs[0] ?? name],
      spec: { outputs },
      ...facts,
      reason,
    };
  });
}

/** What a commit has that its base has not. */
async function since(
  git: Git,
  name: string,
  base: string | undefined,
  uncommitted: boolean | null,
  label = 'it',
): Promise<Pick<Found, 'head' | 'commits' | 'reason'>> {
  try {
    const range = await findRange(git, name, base);
    const isSame = range.base === range.head;
    const commits = isSame ? 0 : Number(await git.ask(['rev-list', '--count', `${range.base}..${range.head}`]));
    const isEmpty = commits === 0 && uncommitted !== true;
    return { head: range.head, commits, reason: isEmpty ? 'nothing since its base' : null };
  } catch (error) {
    git.signal?.throwIfAborted();
    return { head: null, commits: null, reason: `${label} cannot be read: ${thrownText(error)}` };
  }
}
