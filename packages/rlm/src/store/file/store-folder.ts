import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { folderNameOf } from '../run-id.ts';
import { checkFolder, checkOwnFolder, makeFolder, makeRoot } from './private-files.ts';

const REMOVED = '.removed-';

/**
 * Where everything of a store is:
 * ```
 * runs/<run>/journal.jsonl
 * runs/<run>/lease.<n>.json    who writes it; the highest counts
 * runs/<run>/blobs/<sha256>    what the run has, as a hard link to
 * blobs/<two digits>/<sha256>  what the store has
 * ```
 */
export class StoreFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = resolve(path);
  }

  get runs(): string {
    return join(this.path, 'runs');
  }

  runOf(runId: string): RunFolder {
    return this.#at(folderNameOf(runId));
  }

  /** A new place for a run that is being removed; no run's folder begins so. */
  removed(): RunFolder {
    return this.#at(`${REMOVED}${crypto.randomUUID()}`);
  }

  async allRemoved(): Promise<RunFolder[]> {
    const entries = await readdir(this.runs, { withFileTypes: true });
    const removed = entries.filter((entry) => entry.isDirectory() && entry.name.startsWith(REMOVED));
    return removed.map(({ name }) => this.#at(name));
  }

  #at(name: string): RunFolder {
    return new RunFolder(join(this.runs, name), join(this.path, 'blobs'));
  }

  async make(): Promise<void> {
    await makeRoot(this.path);
    await makeFolder(this.runs);
  }

  /** @returns false: there are no runs, and nothing was made. */
  async check(): Promise<boolean> {
    return (await checkFolder(this.path)) && (await checkOwnFolder(this.runs));
  }
}

/** Where everything of one run is. */
export class RunFolder {
  readonly path: string;
  readonly journal: string;
  readonly blobs: string;
  readonly #shared: string;

  constructor(path: string, shared: string) {
    this.path = path;
    this.journal = join(path, 'journal.jsonl');
    this.blobs = join(path, 'blobs');
    this.#shared = shared;
  }

  blob(sha256: string): string {
    return join(this.blobs, sha256);
  }

  sharedBlob(sha256: string): string {
    return join(this.#shared, sha256.slice(0, 2), sha256);
  }

  /** A new name for what is not whole yet. */
  part(): string {
    return join(this.path, `${crypto.randomUUID()}.part`);
  }

  async make(): Promise<void> {
    await makeFolder(this.path);
  }

  async makeForBlob(sha256: string): Promise<void> {
    await makeFolder(this.blobs);
    await makeFolder(this.#shared);
    await makeFolder(join(this.#shared, sha256.slice(0, 2)));
  }

  /** @returns false: it is not there. */
  async check(): Promise<boolean> {
    return await checkOwnFolder(this.path);
  }
}
