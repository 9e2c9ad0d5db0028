import { lstat, readdir } from 'node:fs/promises';
import { counted } from '@rlm-bridge/text';
import type { Omitted } from '../api/worker-assessment.ts';
import { decodePath } from './decode-text.ts';
import { type DiskFile, DiskFiles, modeOf } from './disk-files.ts';
import type { Git } from './git.ts';
import { type Side, SUBMODULE } from './git-changes.ts';
import { conversionsOf, convertedIds } from './git-conversion.ts';
import { type IndexEntry, keyOf, readPaths } from './git-entries.ts';
import { readBlobs } from './git-objects.ts';
import { readPointer } from './lfs.ts';
import type { WorkTreeSettings } from './work-tree-settings.ts';

/** Files that are looked at together. */
const AT_ONCE = 32;

/** What a work tree really holds, other than its index: git looks away from some of it, and can be told to. */
export interface WorkTree {
  index: ReadonlyMap<string, IndexEntry>;
  /** Tracked paths whose file is not what the index has, by key; null: it is not there. */
  differing: ReadonlyMap<string, Side | null>;
  /** Files that are not tracked and not ignored. */
  untracked: readonly Side[];
  /** What cannot be told, or is none of the judge's business. */
  omitted: readonly Omitted[];
}

/** A file that is not what the index has; with the name of the filter without which that cannot be told. */
interface Difference {
  entry: IndexEntry;
  id: string;
  filter: string | null;
}

type Looked = readonly [entry: IndexEntry, file: DiskFile | null];

/** Compares every tracked file with the index by its bytes. Settings are asked for where one is another. */
export async function readWorkTree(repository: Git, settings: () => Promise<WorkTreeSettings>): Promise<WorkTree> {
  const { index, others: otherPaths } = await readPaths(repository);
  const files = new DiskFiles(repository, [...index.values()][0]?.blob.length ?? 40);
  const looked = await lookAt([...index.values()], files);
  const tracked = looked.every(isAsIndexed) ? NONE_DIFFER : await differingOf(looked, await settings());
  const others = await readUntracked(otherPaths, files);
  const { differing, omitted } = tracked;
  return {
    index,
    differing,
    untracked: others.files,
    omitted: [...omitted.unknown, ...others.nested, ...omitted.sparse],
  };
}

function isAsIndexed([entry, file]: Looked): boolean {
  if (entry.mode === SUBMODULE) return true;
  const isFile = file?.kind === 'file' || file?.kind === 'link';
  return isFile && file.mode === entry.mode && file.blob === entry.blob && !entry.isUnmerged;
}

/** Tracked files that are not what the index has, and those of which that cannot be told. */
interface Tracked {
  differing: ReadonlyMap<string, Side | null>;
  omitted: Record<'unknown' | 'sparse', readonly Omitted[]>;
}

const NONE_DIFFER: Tracked = { differing: new Map(), omitted: { unknown: [], sparse: [] } };

async function differingOf(
  looked: readonly Looked[],
  { git, isSparse, ignoresModes, endsLines }: WorkTreeSettings,
): Promise<Tracked> {
  const areModesReal = !ignoresModes || tellsModes(looked);
  const differing = new Map<string, Side | null>();
  const suspects: [IndexEntry, Extract<DiskFile, { kind: 'file' }>][] = [];
  let notCheckedOut = 0;
  for (const [entry, file] of looked) {
    if (entry.mode === SUBMODULE) continue;
    if (file === null || file.kind === 'folder') {
      if (isSparse && entry.isSkipped) notCheckedOut += 1;
      else differing.set(keyOf(entry.path), null);
    } else if (file.kind === 'special') {
      differing.set(keyOf(entry.path), { mode: '100644', blob: null, path: entry.path });
    } else {
      const mode = file.kind === 'file' && !areModesReal ? entry.mode : file.mode;
      if (mode === entry.mode && file.kind === 'file' && file.blob !== entry.blob && !entry.isUnmerged) {
        suspects.push([entry, file]);
      } else if (mode !== entry.mode || file.blob !== entry.blob || entry.isUnmerged) {
        differing.set(keyOf(entry.path), { mode, blob: null, diskId: file.blob, path: entry.path });
      }
    }
  }
  const unknown: Omitted[] = [];
  for (const { entry, id, filter } of await reallyDiffering(git, suspects, endsLines)) {
    if (filter === null)
      differing.set(keyOf(entry.path), { mode: entry.mode, blob: null, diskId: id, path: entry.path });
    else unknown.push(filtered(entry.path, filter));
  }
  const detail = `${counted(notCheckedOut, 'file')} of a sparse checkout, taken as committed`;
  const sparse: Omitted[] = notCheckedOut === 0 ? [] : [{ file: '.', reason: 'not_checked_out', detail }];
  return { differing, omitted: { unknown, sparse } };
}

async function lookAt(entries: readonly IndexEntry[], files: DiskFiles): Promise<Looked[]> {
  const looked: Looked[] = [];
  for (let at = 0; at < entries.length; at += AT_ONCE) {
    const some = entries.slice(at, at + AT_ONCE);
    looked.push(
      ...(await Promise.all(some.map(async (entry): Promise<Looked> => [entry, await lookAtOne(entry, files)]))),
    );
  }
  return looked;
}

async function lookAtOne(entry: IndexEntry, files: DiskFiles): Promise<DiskFile | null> {
  return entry.mode === SUBMODULE ? null : await files.look(entry.path);
}

/** Whether the file system tells executable files from others; git may have been told that it does not. */
function tellsModes(looked: readonly Looked[]): boolean {
  const found = new Set(looked.map(([, file]) => (file?.kind === 'file' ? file.mode : null)));
  return found.has('100755') && found.has('100644');
}

/** Which of the suspects git would keep as something else than the index has. */
async function reallyDiffering(
  git: Git,
  suspects: readonly [IndexEntry, Extract<DiskFile, { kind: 'file' }>][],
  endsLines: boolean,
): Promise<Difference[]> {
  if (suspects.length === 0) return [];
  const paths = suspects.map(([{ path }]) => path);
  const conversions = await conversionsOf(git, paths);
  const converted = paths.filter((_, at) => endsLines || conversions[at]?.mayConvert);
  const found = await convertedIds(git, converted);
  const ids = new Map(converted.map((path, at) => [keyOf(path), found[at]]));
  const pointers = await readBlobs(git, [
    ...new Set(suspects.filter((_, at) => conversions[at]?.filter).map(([{ blob }]) => blob)),
  ]);
  return suspects.flatMap(([entry, file], at): Difference[] => {
    const id = ids.get(keyOf(entry.path)) ?? file.blob;
    if (id === entry.blob) return [];
    const filter = conversions[at]?.filter ?? null;
    if (filter === null) return [{ entry, id, filter }];
    const pointer = readPointer(pointers.get(entry.blob) ?? Buffer.alloc(0));
    if (pointer === null) return [{ entry, id, filter }];
    return pointer.sha256 === file.sha256 && pointer.size === file.size ? [] : [{ entry, id, filter: null }];
  });
}

function filtered(path: Buffer, filter: string): Omitted {
  const detail = `git keeps what the filter "${filter}" makes of it, which is not run: whether it changed is not known`;
  return { file: decodePath(path), reason: 'filtered', detail };
}

async function readUntracked(
  paths: readonly Buffer[],
  files: DiskFiles,
): Promise<{ files: Side[]; nested: Omitted[] }> {
  const sides: Side[] = [];
  const nested: Omitted[] = [];
  for (const path of paths) {
    if (path.at(-1) === 0x2f) {
      // A directory ends with a slash: it is a repository of its own.
      const names = await readdir(files.pathOf(path));
      const detail = `a repository of its own, with ${counted(names.length - 1, 'file or folder that is', 'files and folders that are')} not judged`;
      nested.push({ file: decodePath(path), reason: 'nested_repository', detail });
    } else {
      sides.push({ mode: modeOf(await lstat(files.pathOf(path))), blob: null, path });
    }
  }
  return { files: sides, nested };
}
