import { visible } from '@rlm-bridge/text';
import { decodePath } from '../evidence/decode-text.ts';
import { readText } from '../evidence/file-text.ts';
import type { Git } from '../evidence/git.ts';
import { SUBMODULE, SYMLINK } from '../evidence/git-changes.ts';
import { readTree } from '../evidence/git-entries.ts';
import { readSmallBlobs } from '../evidence/git-objects.ts';
import { Pace } from '../evidence/pace.ts';
import { type Found, type Hit, MAX_HITS_IN_FILE, notThere, type ReferenceTree } from './reference-tree.ts';

/** Largest file that is read, and most that one search brings, in bytes. */
const MAX_FILE_BYTES = 1_000_000;
const MAX_SEARCH_BYTES = 2_000_000;
/** More than git says of a file before its bytes, and behind them. */
const MOST_SAID = 1_000;

/**
 * The files of a commit, out of git's objects and never out of a work tree: what is not in the commit is not there, whatever a
 * name says, and no link is followed.
 */
export class BaseTree implements ReferenceTree {
  readonly holds: ReferenceTree['holds'] = { repository: true, documents: [] };
  /** The commit that it is of. */
  readonly id: string;
  readonly #git: Git;
  readonly #isExcluded: (name: string) => boolean;
  #blobs: Promise<ReadonlyMap<string, string>> | null = null;

  constructor(git: Git, commit: string, isExcluded: (name: string) => boolean) {
    this.#git = git;
    this.id = commit;
    this.#isExcluded = isExcluded;
  }

  async names(): Promise<readonly string[]> {
    return [...(await this.#files()).keys()];
  }

  /** The ids of its regular files, by their names. */
  #files(): Promise<ReadonlyMap<string, string>> {
    this.#blobs ??= this.#readTree();
    return this.#blobs;
  }

  async #readTree(): Promise<ReadonlyMap<string, string>> {
    const entries = [...(await readTree(this.#git, this.id)).values()];
    return new Map(
      entries.flatMap(({ mode, blob, path }): [string, string][] => {
        const name = decodePath(path);
        return mode === SYMLINK || mode === SUBMODULE || this.#isExcluded(name) ? [] : [[name, blob]];
      }),
    );
  }

  async lines(name: string): Promise<readonly string[]> {
    const blob = (await this.#files()).get(name);
    if (blob === undefined) throw notThere(name);
    const content = (await readSmallBlobs(this.#git, [blob], MAX_FILE_BYTES + MOST_SAID))?.get(blob);
    if (content === undefined || content.length > MAX_FILE_BYTES) {
      throw new Error(`${JSON.stringify(name)} is too large to be read: more than ${MAX_FILE_BYTES} bytes.`);
    }
    const text = await readText(content, null, new Pace(this.#git.signal));
    if (text.kind !== 'text') throw new Error(`${JSON.stringify(name)} is no text.`);
    return text.lines;
  }

  async search(text: string, folder: string): Promise<Found> {
    const where = folder === '' ? ':(top)' : `:(top,literal)${folder}`;
    const { stdout, isCut } = await this.#git.search([...GREP, '-e', text, this.id, '--', where], MAX_SEARCH_BYTES);
    const blobs = await this.#files();
    const prefix = `${this.id}:`;
    const lines = stdout.toString('utf8').split('\n').slice(0, -1);
    const inFile = new Map<string, number>();
    const hits = lines.flatMap((line): Hit[] => {
      const [, file = '', number, found = ''] = /^([^\0]*)\0(\d+)\0(.*)$/s.exec(line) ?? [];
      const name = file.slice(prefix.length);
      const nth = (inFile.get(name) ?? 0) + 1;
      inFile.set(name, nth);
      if (number === undefined || !blobs.has(name) || nth > MAX_HITS_IN_FILE) return [];
      return [{ file: name, line: Number(number), text: visible(found) }];
    });
    return { hits, isCut: isCut || [...inFile.values()].some((count) => count > MAX_HITS_IN_FILE) };
  }
}

/** Everything is text, whatever attributes of the work tree say. */
const GREP = [
  'grep',
  '--text',
  '-n',
  '-z',
  '-F',
  '--no-color',
  '--no-column',
  '--full-name',
  '--no-recurse-submodules',
];
