import { WorkerError } from '../api/errors.ts';
import type { AssessOptions, WorkerSpec } from '../api/options.ts';
import { CommitTree } from '../evidence/commit-tree.ts';
import { keyOf } from '../evidence/git-entries.ts';
import { readBlobs } from '../evidence/git-objects.ts';
import { GitWork } from '../evidence/git-work.ts';
import { specOf } from '../evidence/resolve-worker.ts';
import type { TreeEntry } from '../evidence/tree-objects.ts';

type Options = Pick<AssessOptions, 'cwd' | 'base' | 'outputDir' | 'resolve' | 'signal'>;

/** A file of the base of a work. */
export interface FileOfBase {
  /** Relative to the top of the repository, with slashes. */
  path: string;
  /** All that is in it. */
  bytes: Buffer;
}

/** The work that a base is of. */
export let workOf: (base: WorkBase) => GitWork;

/**
 * The commit that a worker's work started from: its merge base. Files are read from that commit by git's plumbing, so
 * that nothing which the work holds can stand in for them. Given to `assessWorkers` in place of the worker, it is judged as
 * the work that was opened here, and git is not asked again.
 */
export class WorkBase {
  /** The top of the work tree, or the folder of a bare repository. */
  readonly repository: string;
  /** Id of the commit, whole. */
  readonly commit: string;
  /** The worker as it was given, or what its id means: judged as such, it is the work that this is the base of. */
  readonly worker: WorkerSpec;
  readonly #work: GitWork;
  readonly #tree: CommitTree;

  static {
    workOf = (base) => base.#work;
  }

  private constructor(worker: WorkerSpec, work: GitWork, repository: string) {
    this.worker = worker;
    this.repository = repository;
    this.commit = work.range.base;
    this.#work = work;
    this.#tree = new CommitTree(work.git, this.commit);
  }

  /** Null: the work is in no repository, and started from nothing that could be read. @throws {WorkerError} */
  static async of(worker: string | WorkerSpec, options: Options): Promise<WorkBase | null> {
    const spec = await specOf(worker, options, options.signal);
    const work = await GitWork.open(spec, options, options.signal);
    try {
      return work && new WorkBase(spec, work, await topOf(work));
    } catch (error) {
      work?.close();
      throw error;
    }
  }

  /** Ends git's process that answers what is read, and that nothing waits for. What is read later starts another. */
  close(): void {
    this.#work.close();
  }

  /** The bytes of a file; null when the base has none of that path. `path` is relative to the top, with slashes. */
  async read(path: string): Promise<Buffer | null> {
    const key = keyOf(Buffer.from(path));
    const entry = (await this.#tree.entriesAt([key])).get(key);
    return entry === undefined ? null : await this.#bytesOf(entry, path);
  }

  /** The first of these files that the base has; null: none of them. */
  async readFirst(paths: readonly string[]): Promise<FileOfBase | null> {
    for (const path of paths) {
      const bytes = await this.read(path);
      if (bytes !== null) return { path, bytes };
    }
    return null;
  }

  async #bytesOf({ mode, id }: TreeEntry, path: string): Promise<Buffer> {
    const blob = REGULAR.test(mode) ? (await readBlobs(this.#work.git, [id])).get(id) : undefined;
    if (blob !== undefined) return blob;
    throw new WorkerError('evidence_unreadable', `${path} of ${this.commit} is no regular file. Name one that is.`);
  }
}

/** The top of a repository; of a bare one its folder. */
async function topOf({ git, isTree }: GitWork): Promise<string> {
  return isTree ? git.cwd : ((await git.ask(['rev-parse', '--show-toplevel'])) ?? git.cwd);
}

const REGULAR = /^100/;
