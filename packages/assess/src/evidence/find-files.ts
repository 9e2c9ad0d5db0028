import { lstat, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, posix, relative, resolve, sep } from 'node:path';
import { FileError, findByGlob, isInside } from '@rlm-bridge/files';
import picomatch from 'picomatch';
import { WorkerError } from '../api/errors.ts';
import type { Omitted } from '../api/worker-assessment.ts';
import type { Limits } from './limits.ts';

export interface NamedPath {
  /** Relative to the folder, with slashes; the whole path of what is elsewhere. */
  name: string;
  path: string;
}

export interface FoundWork {
  /** Both sorted by their names' code units: by whole paths, the order would depend on where the folder lies. */
  files: NamedPath[];
  /** Links that were not followed, and what is no file that could be read. */
  omitted: Omitted[];
}

type Finding = Pick<Limits, 'followLinks' | 'signal'>;

/** The files that patterns match. @throws {WorkerError} when a pattern matches nothing. */
export async function findFiles(patterns: readonly string[], cwd: string, options: Finding): Promise<FoundWork> {
  const ignore = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  const files = new Set<string>();
  const omitted = new Map<string, Omitted>();
  for (const pattern of patterns.filter((one) => !one.startsWith('!'))) {
    const found =
      (await findByName(resolve(cwd, pattern), cwd, options)) ?? (await search(pattern, ignore, cwd, options));
    if (found.paths.length + found.unfollowed.length + found.special.length === 0) {
      throw new WorkerError('evidence_unreadable', `No file matches "${pattern}" in ${cwd}. Check the pattern.`);
    }
    for (const path of found.paths) files.add(path);
    for (const path of found.unfollowed) omitted.set(path, await unfollowed(path, cwd));
    for (const path of found.special) omitted.set(path, await special(path, cwd));
  }
  return {
    files: byName([...files].map((path) => ({ name: nameOf(path, cwd), path }))),
    omitted: byName([...omitted.values()].map((one) => ({ name: one.file, one }))).map(({ one }) => one),
  };
}

type Found = Awaited<ReturnType<typeof findByGlob>>;

async function search(pattern: string, ignore: readonly string[], cwd: string, options: Finding): Promise<Found> {
  const found = await findByGlob({ patterns: [pattern], ignore, cwd, dot: true, ...options });
  const isWanted = matcherOf([pattern], cwd);
  const isIgnored = matcherOf(ignore, cwd);
  const depth = pattern.includes('**') ? Number.POSITIVE_INFINITY : resolve(cwd, pattern).split('/').length;
  const links: string[] = [];
  for (const link of found.unfollowed) {
    if (isIgnored(link)) continue;
    const isFolder = (await stat(link).catch(() => null))?.isDirectory() ?? false;
    // What the pattern wants may be behind the link to a folder.
    if (isWanted(link) || (isFolder && link.split('/').length < depth)) links.push(link);
  }
  return { ...found, unfollowed: links, special: found.special.filter((path) => isWanted(path) && !isIgnored(path)) };
}

function matcherOf(patterns: readonly string[], cwd: string): (path: string) => boolean {
  const [whole, within] = [true, false].map((wanted) => patterns.filter((one) => isAbsolute(one) === wanted));
  const matchesWhole = picomatch([...(whole ?? [])], { dot: true });
  const matchesWithin = picomatch(
    (within ?? []).map((one) => posix.normalize(one)),
    { dot: true },
  );
  return (path) => matchesWhole(path) || matchesWithin(relative(cwd, path));
}

/** A pattern that is the path of something means that, whatever characters it holds; null: it is a pattern, or a folder. */
async function findByName(path: string, cwd: string, { followLinks }: Finding): Promise<Found | null> {
  const found: Found = { paths: [], unfollowed: [], special: [] };
  const real = await realpath(path).catch(() => null);
  const stats = real === null ? await lstat(path).catch(() => null) : await lstat(real);
  if (stats === null || stats.isDirectory()) return null;
  const bounds = await realpath(isInside(cwd, path) ? cwd : dirname(path));
  if (real === null || !(followLinks || isInside(bounds, real))) return { ...found, unfollowed: [path] };
  return stats.isFile() ? { ...found, paths: [path] } : { ...found, special: [path] };
}

async function unfollowed(path: string, cwd: string): Promise<Omitted> {
  const target = await realpath(path).catch(() => null);
  const detail = target === null ? 'a link to nothing' : `a link to ${target}; followLinks follows links`;
  return { file: nameOf(path, cwd), reason: 'link', detail };
}

async function special(path: string, cwd: string): Promise<Omitted> {
  const error = FileError.ofKind('it', await stat(path));
  return { file: nameOf(path, cwd), reason: 'special', detail: error?.message ?? 'it was no file when it was found' };
}

function byName<One extends { name: string }>(found: readonly One[]): One[] {
  return found.toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

function nameOf(path: string, cwd: string): string {
  const name = relative(cwd, path);
  return (name.startsWith('..') || isAbsolute(name) ? path : name).split(sep).join('/');
}
