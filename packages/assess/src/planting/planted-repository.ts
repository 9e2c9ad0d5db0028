import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { thrownText } from '@rlm-bridge/text';
import { AssessError } from '../api/errors.ts';
import { Git } from '../evidence/git.ts';
import { readTree } from '../evidence/git-entries.ts';
import { readBlobs } from '../evidence/git-objects.ts';
import { type SourceFile, sourceFile } from './candidates.ts';
import { importStream, type NewCommit } from './fast-import.ts';
import { languageOf } from './source-functions.ts';

/** Longest file that is planted into, in bytes. */
const MOST_BYTES = 200_000;
const FILES = ['100644', '100755'];

/** The files of a commit of a repository, which is read and nothing else. */
export class PlantedOver {
  readonly #git: Git;
  readonly #tree: string;
  readonly #modes: ReadonlyMap<string, string>;
  /** Those that faults can be planted into. */
  readonly sources: readonly SourceFile[];

  private constructor(git: Git, tree: string, modes: ReadonlyMap<string, string>, sources: readonly SourceFile[]) {
    this.#git = git;
    this.#tree = tree;
    this.#modes = modes;
    this.sources = sources;
  }

  /** @throws {AssessError} `invalid_options` when there is no such commit. */
  static async open(cwd: string, commit: string, signal?: AbortSignal): Promise<PlantedOver> {
    const git = new Git(resolve(cwd), signal);
    const tree = await git.ask(['rev-parse', '--verify', '--quiet', '--end-of-options', `${commit}^{tree}`]);
    if (tree === null) {
      throw new AssessError(
        'invalid_options',
        `${resolve(cwd)} has no commit ${commit} to plant into. Name a folder of a git repository.`,
      );
    }
    const entries = [...(await readTree(git, tree)).values()].flatMap(({ mode, blob, path }) => {
      const name = path.toString('utf8');
      return FILES.includes(mode) && languageOf(name) !== null ? [{ mode, blob, name }] : [];
    });
    const blobs = await readBlobs(git, [...new Set(entries.map(({ blob }) => blob))]);
    const sources = entries.flatMap(({ blob, name }) => {
      const bytes = blobs.get(blob);
      return bytes === undefined || bytes.length > MOST_BYTES ? [] : (sourceFile(name, bytes.toString('utf8')) ?? []);
    });
    return new PlantedOver(git, tree, new Map(entries.map(({ name, mode }) => [name, mode])), sources);
  }

  /** Makes commits over these files in a new repository, which borrows the objects of this one. @returns its folder */
  async commit(commits: readonly NewCommit[], wanted?: string): Promise<string> {
    const folder = await newFolder(wanted);
    try {
      const objects = await this.#git.run(['rev-parse', '--path-format=absolute', '--git-path', 'objects']);
      const format = await this.#git.ask(['rev-parse', '--show-object-format']);
      const planted = new Git(folder, this.#git.signal);
      await planted.run(['init', '-q', '--bare', '--template=', `--object-format=${format ?? 'sha1'}`, '.']);
      await writeFile(join(folder, 'objects', 'info', 'alternates'), String(objects));
      await planted.run(['fast-import', '--quiet'], importStream(commits, this.#tree, this.#modes));
      return folder;
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }
}

async function newFolder(wanted: string | undefined): Promise<string> {
  if (wanted === undefined) return await mkdtemp(join(tmpdir(), 'rlm-planted-'));
  const folder = resolve(wanted);
  await mkdir(dirname(folder), { recursive: true });
  await mkdir(folder).catch((cause) => {
    throw new AssessError('invalid_options', `folder: ${thrownText(cause)}. Name one that is not there yet.`, {
      cause,
    });
  });
  return folder;
}
