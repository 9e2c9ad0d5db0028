import { resolve } from 'node:path';
import { WorkerError } from '../api/errors.ts';
import type { AssessOptions, WorkerSpec } from '../api/options.ts';
import { Git } from '../evidence/git.ts';
import { SYMLINK } from '../evidence/git-changes.ts';
import { findRange } from '../evidence/git-range.ts';
import { specOf } from '../evidence/resolve-worker.ts';

type Options = Pick<AssessOptions, 'cwd' | 'base' | 'outputDir' | 'resolve' | 'signal'>;

/** What `git ls-tree` says of a path. */
interface Entry {
  mode: string;
  type: string;
  id: string;
  name: string;
}

/** A file of the base of a work. */
export interface FileOfBase {
  /** Relative to the top of the repository, with slashes. */
  path: string;
  /** All that is in it. */
  bytes: Buffer;
}

/**
 * The commit that a worker's work started from: its merge base. Files are read from that commit by git's plumbing, so
 * that nothing which the work holds can stand in for them.
 */
export class WorkBase {
  /** The top of the work tree, or the folder of a bare repository. */
  readonly repository: string;
  /** Id of the commit, whole. */
  readonly commit: string;
  /** The worker as it was given, or what its id means: judged as such, it is the work that this is the base of. */
  readonly worker: WorkerSpec;
  readonly #git: Git;

  private constructor(worker: WorkerSpec, git: Git, commit: string) {
    this.worker = worker;
    this.repository = git.cwd;
    this.commit = commit;
    this.#git = git;
  }

  /** Null: the work is in no repository, and started from nothing that could be read. @throws {WorkerError} */
  static async of(worker: string | WorkerSpec, options: Options): Promise<WorkBase | null> {
    const cwd = resolve(options.cwd ?? process.cwd());
    const spec = await specOf(worker, options, options.signal);
    const place = spec.worktree ?? (spec.branch === undefined ? undefined : (spec.repository ?? '.'));
    if (place === undefined) return null;
    const given = new Git(resolve(cwd, place), options.signal);
    const top = await given.ask(['rev-parse', '--show-toplevel']);
    const git = top === null ? given : new Git(top, options.signal);
    const { base } = await findRange(git, spec.branch ?? 'HEAD', spec.base ?? options.base);
    return new WorkBase(spec, git, base);
  }

  /** The bytes of a file; null when the base has none of that path. `path` is relative to the top, with slashes. */
  async read(path: string): Promise<Buffer | null> {
    const [entry] = await this.#entries([path]);
    return entry === undefined ? null : await this.#bytesOf(entry, path);
  }

  /** The first of these files that the base has; null: none of them. Git is asked once which there are. */
  async readFirst(paths: readonly string[]): Promise<FileOfBase | null> {
    const entries = new Map((await this.#entries(paths)).map((entry) => [entry.name, entry]));
    for (const path of paths) {
      const entry = entries.get(path);
      if (entry !== undefined) return { path, bytes: await this.#bytesOf(entry, path) };
    }
    return null;
  }

  async #entries(paths: readonly string[]): Promise<Entry[]> {
    const list = ['--literal-pathspecs', 'ls-tree', '-z', '--full-tree', this.commit, '--', ...paths];
    return (await this.#git.fields(list)).flatMap((field) => {
      const [, mode, type, id, name] = /^(\d+) (\w+) ([0-9a-f]+)\t(.*)$/s.exec(String(field)) ?? [];
      return mode && type && id && name ? [{ mode, type, id, name }] : [];
    });
  }

  async #bytesOf({ mode, type, id }: Entry, path: string): Promise<Buffer> {
    if (type !== 'blob' || mode === SYMLINK) {
      throw new WorkerError('evidence_unreadable', `${path} of ${this.commit} is no regular file. Name one that is.`);
    }
    return await this.#git.run(['cat-file', 'blob', id]);
  }
}
