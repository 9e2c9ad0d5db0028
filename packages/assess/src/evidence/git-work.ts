import { resolve } from 'node:path';
import type { AssessOptions, WorkerSpec } from '../api/options.ts';
import { commitsDocument } from './commits.ts';
import type { EvidenceDocument } from './document.ts';
import { Git } from './git.ts';
import { type Change, changesBetween } from './git-changes.ts';
import { findNamedRange, type NamedRange, type Range } from './git-range.ts';
import { findTop } from './git-top.ts';
import { Pace } from './pace.ts';
import { plainChanges } from './plain-changes.ts';
import { treeChanges } from './tree-changes.ts';
import { TreeObjects } from './tree-objects.ts';
import { OpenWorkTree, type WorkTreeChanges } from './work-tree-changes.ts';

/**
 * Work in a repository, opened once for all that is asked of it: its evidence, the files of a policy that it touches, its
 * renames. They are of one moment, and git is asked once for what they share.
 */
export class GitWork {
  /** At the top of the work tree; of a branch, in the folder that was named. */
  readonly git: Git;
  readonly range: Range;
  /** The whole name of what its head is; null: it is a commit. */
  readonly ref: string | null;
  /** Whether it is in a work tree, or a branch. */
  readonly isTree: boolean;
  readonly #named: NamedRange;
  readonly #folders: TreeObjects;
  /** Whether what is not committed counts; null: it is a branch. */
  readonly #uncommitted: boolean | null;
  readonly #between = new Map<string, Promise<Change[]>>();
  #tree: Promise<OpenWorkTree> | null = null;

  private constructor(git: Git, named: NamedRange, uncommitted: boolean | null) {
    this.git = git;
    this.range = named.range;
    this.ref = named.ref;
    this.isTree = uncommitted !== null;
    this.#named = named;
    this.#folders = new TreeObjects(git, named.trees);
    this.#uncommitted = uncommitted;
  }

  /**
   * Until it is closed, one process of git says what is asked of objects. Null: the work is in no repository.
   * @throws {WorkerError} `evidence_unreadable`, saying what is missing.
   */
  static async open(
    { worktree, branch, repository = '.', uncommitted = true, ...spec }: WorkerSpec,
    options: Pick<AssessOptions, 'cwd' | 'base'>,
    signal: AbortSignal | undefined,
  ): Promise<GitWork | null> {
    const cwd = resolve(options.cwd ?? process.cwd());
    const base = spec.base ?? options.base;
    if (worktree !== undefined) {
      const { top, branch: ref } = await findTop(new Git(resolve(cwd, worktree), signal));
      return await keeping(new Git(top, signal), async (git) => {
        return new GitWork(git, { ...(await findNamedRange(git, 'HEAD', base)), ref }, uncommitted);
      });
    }
    if (branch === undefined) return null;
    return await keeping(new Git(resolve(cwd, repository), signal), async (git) => {
      const named = await findNamedRange(git, branch, base);
      const ref = branch === 'HEAD' ? await git.ask(['symbolic-ref', '--quiet', 'HEAD']) : named.ref;
      return new GitWork(git, { ...named, ref }, null);
    });
  }

  /** The same work, whose reading another signal ends. */
  under(signal: AbortSignal | undefined): GitWork {
    return new GitWork(this.git.under(signal), this.#named, this.#uncommitted);
  }

  /** Ends the process that is kept for it. What is asked later starts one of its own. */
  close(): void {
    this.git.end();
  }

  /** Of a work tree, all that it holds. */
  tree(): Promise<OpenWorkTree> {
    this.#tree ??= OpenWorkTree.open(this.git, this.#folders);
    return this.#tree;
  }

  /** What the work changed, and what of it cannot be told. */
  async changes(): Promise<WorkTreeChanges> {
    const { base } = this.range;
    if (this.#uncommitted === true) return await (await this.tree()).since(base);
    return { changes: await this.reportedSince(base), omitted: [] };
  }

  /** What git says that differs between a commit and the work. */
  async reportedSince(commit: string): Promise<readonly Change[]> {
    if (this.#uncommitted === true) return await (await this.tree()).reportedSince(commit);
    const changes = this.#between.get(commit) ?? this.#committedSince(commit);
    this.#between.set(commit, changes);
    return await changes;
  }

  /** The document of its commits; null when there are none. */
  async commits(): Promise<EvidenceDocument | null> {
    return await commitsDocument(this.git, this.#named, this.#folders);
  }

  async #committedSince(commit: string): Promise<Change[]> {
    const { head } = this.range;
    const [before, after] = [this.#folders.rootOf(commit), this.#folders.rootOf(head)];
    const differing = await treeChanges(this.#folders, before, after, new Pace(this.git.signal));
    return plainChanges(differing) ?? (await changesBetween(this.git, commit, head));
  }
}

/** Keeps a process for what is opened; none stays where that fails. */
async function keeping<T>(git: Git, open: (git: Git) => Promise<T>): Promise<T> {
  git.keep();
  try {
    return await open(git);
  } catch (error) {
    git.end();
    throw error;
  }
}
