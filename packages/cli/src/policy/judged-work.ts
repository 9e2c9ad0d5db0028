import { realpath } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { type AssessOptions, WorkBase, type WorkerSpec } from '@rlm-bridge/assess';
import { isInside } from '@rlm-bridge/files';
import { UsageError } from '../exit/exit-codes.ts';

/** Where the work is: the part of the options that says which trees are judged. */
export type Places = Pick<AssessOptions, 'cwd' | 'base' | 'outputDir' | 'resolve'>;

/** A file of a base. `commit` is short, for people. */
export interface BaseFile {
  path: string;
  bytes: Buffer;
  commit: string;
}

/**
 * What a call judges, as far as it can hold files: the work trees of the workers with the commits that they started from,
 * and folders of transcripts. What is in there is the work's word, and no file of a policy is read from it.
 */
export class JudgedWork {
  /** The workers, each as the work that was opened where it has a base: nothing else is judged by the policy that is read here. */
  readonly workers: readonly (string | WorkerSpec | WorkBase)[];
  readonly #bases: readonly WorkBase[];
  /** Folders whose files may be the work's, and that have no base to read instead. */
  readonly #closed: readonly string[];

  private constructor(
    workers: readonly (string | WorkerSpec | WorkBase)[],
    bases: readonly WorkBase[],
    closed: readonly string[],
  ) {
    this.workers = workers;
    this.#bases = bases;
    this.#closed = closed;
  }

  /** @param opened Gets every base that is opened, for the caller to close. */
  static async of(workers: readonly (string | WorkerSpec)[], places: Places, opened: WorkBase[]): Promise<JudgedWork> {
    const cwd = resolve(places.cwd ?? '.');
    const known: (string | WorkerSpec | WorkBase)[] = [];
    const bases: WorkBase[] = [];
    let isKnown = true;
    for (const worker of workers) {
      try {
        const base = await WorkBase.of(worker, places);
        if (base !== null) bases.push(base);
        known.push(base ?? worker);
      } catch {
        // It cannot be judged either, and its assessment will say why.
        known.push(worker);
        isKnown = false;
      }
    }
    opened.push(...bases);
    const transcripts = places.outputDir === undefined ? [] : [resolve(cwd, places.outputDir)];
    const own = isKnown ? null : await repositoryOf(cwd);
    return new JudgedWork(known, bases, [...transcripts, ...(own === null ? [] : [own])]);
  }

  /** The tops of all that is judged. */
  get folders(): string[] {
    return [...new Set([...this.#bases.map(({ repository }) => repository), ...this.#closed])];
  }

  /** Whether a path is judged, by its name or by where its links lead. */
  async holds(path: string): Promise<boolean> {
    for (const folder of this.folders) if ((await placeIn(folder, path)) !== null) return true;
    return false;
  }

  /**
   * A file that lies in judged work, as it was where the work started; null: it was not there.
   * @throws {UsageError} when workers started from different ones, or nobody can say where the work started.
   */
  async read(path: string): Promise<BaseFile | null> {
    const files: (BaseFile | null)[] = [];
    for (const base of this.#bases) {
      const place = await placeIn(base.repository, path);
      if (place !== null) files.push(await fileOf(base, place));
    }
    if (files.length > 0) return requireSame(path, files);
    throw new UsageError(`${path} is in what is judged, which has no base to read it from. Name a file outside of it.`);
  }

  /** The nearest file with one of these names, from `cwd` to the top of the repository, as it was where the work started. */
  async findNearest(names: readonly string[], cwd: string): Promise<BaseFile | null> {
    const found: (BaseFile | null)[] = [];
    for (const base of this.#bases) found.push(await nearestIn(base, names, cwd));
    return found.length === 0 ? null : requireSame(names[0] ?? '', found);
  }
}

async function nearestIn(base: WorkBase, names: readonly string[], cwd: string): Promise<BaseFile | null> {
  let folder = (await placeIn(base.repository, cwd)) ?? '';
  for (;;) {
    const file = await base.readFirst(names.map((name) => (folder === '' ? name : `${folder}/${name}`)));
    if (file !== null) return { ...file, commit: shortOf(base) };
    if (folder === '') return null;
    folder = dirname(folder) === '.' ? '' : dirname(folder);
  }
}

async function fileOf(base: WorkBase, path: string): Promise<BaseFile | null> {
  const bytes = await base.read(path);
  return bytes === null ? null : { path, bytes, commit: shortOf(base) };
}

function shortOf(base: WorkBase): string {
  return base.commit.slice(0, 12);
}

/** One call has one policy: that of every base. */
function requireSame(name: string, [first = null, ...others]: readonly (BaseFile | null)[]): BaseFile | null {
  const differing = others.find((other) => other?.path !== first?.path || !isEqual(other?.bytes, first?.bytes));
  if (differing === undefined) return first;
  const [one, other] = [first, differing].map((file) => (file === null ? 'none' : `${file.path} of ${file.commit}`));
  throw new UsageError(
    `The workers did not start from one policy (${name}: ${one}; ${other}). Judge them one by one, or name a --config that lies outside of what is judged.`,
  );
}

function isEqual(one: Buffer | undefined, other: Buffer | undefined): boolean {
  return one === undefined || other === undefined ? one === other : one.equals(other);
}

/** A path relative to a folder, with slashes; null: it is not in it, neither by its own name nor behind its links. */
async function placeIn(folder: string, path: string): Promise<string | null> {
  const top = await realpath(folder).catch(() => folder);
  for (const candidate of [path, await realPath(path)]) {
    for (const within of [folder, top]) {
      if (isInside(within, candidate)) return relative(within, candidate).split(sep).join('/');
    }
  }
  return null;
}

/** The path with every link resolved, as far as there is something. */
async function realPath(path: string): Promise<string> {
  const real = await realpath(path).catch(() => null);
  if (real !== null) return real;
  const parent = dirname(path);
  return parent === path ? path : join(await realPath(parent), relative(parent, path));
}

/** The top of the repository that a folder is in. */
async function repositoryOf(cwd: string): Promise<string | null> {
  const base = await WorkBase.of({ id: 'cwd', worktree: cwd }, { base: 'HEAD' }).catch(() => null);
  base?.close();
  return base?.repository ?? null;
}
