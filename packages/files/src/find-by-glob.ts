import { type Dirent, readdir } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { FileSystemAdapter } from 'tinyglobby';
import { isInside } from './inside.ts';

export interface GlobRequest {
  patterns: readonly string[];
  /** Patterns of what is left out. */
  ignore: readonly string[];
  /** Absolute. */
  cwd: string;
  /** Whether `*` matches names that begin with a dot. */
  dot: boolean;
  /** Follow every link, wherever it leads. */
  followLinks: boolean;
  signal?: AbortSignal | undefined;
}

export interface FoundFiles {
  /** Absolute, sorted by code units. A file that is reached by a link has the name of the link. */
  paths: string[];
  /** Links that were met and not followed, absolute and sorted. */
  unfollowed: string[];
  /** Pipes, sockets and devices that were met, absolute and sorted. */
  special: string[];
}

/**
 * The regular files that patterns match. A link to a file is followed when it stays in `cwd`, or in the folder that a
 * pattern from elsewhere begins with; one to a folder, when a pattern names it and it stays there too. What is behind
 * any other link is not looked at.
 */
export async function findByGlob(request: GlobRequest): Promise<FoundFiles> {
  const paths = new Set<string>();
  const unfollowed = new Set<string>();
  const special = new Set<string>();
  for (const pattern of request.patterns) {
    request.signal?.throwIfAborted();
    const found = await findByOne(pattern, request);
    for (const path of found.paths) paths.add(path);
    for (const link of found.unfollowed) unfollowed.add(link);
    for (const path of found.special) special.add(path);
  }
  request.signal?.throwIfAborted();
  return { paths: [...paths].sort(), unfollowed: [...unfollowed].sort(), special: [...special].sort() };
}

async function findByOne(pattern: string, { cwd, ignore, dot, followLinks, signal }: GlobRequest): Promise<FoundFiles> {
  const base = resolve(cwd, fixedPartOf(pattern));
  const bounds = await realpath(isInside(cwd, base) ? cwd : base).catch(() => base);
  const start = await realpath(base).catch(() => base);
  if (!followLinks && !isInside(bounds, start)) return { paths: [], unfollowed: [base], special: [] };
  const unfollowed: string[] = [];
  const special: string[] = [];
  // The crawler resolves every link with this, and leaves out those for which it fails.
  const follow = (link: string, done: (error: Error | null, real: string) => void) => {
    resolveLink(link, followLinks ? null : bounds).then(
      (real) => done(null, real),
      (error: Error) => {
        unfollowed.push(resolve(cwd, link));
        done(error, '');
      },
    );
  };
  // It passes over what is no file, no folder and no link without a word.
  const list = (folder: string, given: { withFileTypes: true }, done: Listed) => {
    readdir(folder, given, (error, entries = []) => {
      for (const entry of entries) if (isSpecial(entry)) special.push(resolve(cwd, folder, entry.name));
      done(error, entries);
    });
  };
  const fs = { realpath: follow, readdir: list } as FileSystemAdapter;
  const options = { cwd, ignore: [...ignore], dot, expandDirectories: false, fs };
  // Loaded late: in a bundle of CommonJS it fails as it loads, and most runs need no patterns.
  const { glob } = await import('tinyglobby');
  const matched = await glob([pattern], signal === undefined ? options : { ...options, signal });
  // It may pass by folders that the pattern has nothing to do with.
  return {
    paths: matched.map((path) => resolve(cwd, path)),
    unfollowed: unfollowed.filter((link) => isInside(base, link)),
    special: special.filter((path) => isInside(base, path)),
  };
}

type Listed = (error: Error | null, entries: Dirent[]) => void;

function isSpecial(entry: Dirent): boolean {
  return !entry.isFile() && !entry.isDirectory() && !entry.isSymbolicLink();
}

/** The folders that a pattern begins with, before the first part that is not a plain name. */
function fixedPartOf(pattern: string): string {
  const parts = pattern.split('/');
  const wild = parts.findIndex((part) => /[*?[\](){}!+@\\|]/.test(part));
  return parts.slice(0, wild === -1 ? -1 : wild).join('/') || (pattern.startsWith('/') ? '/' : '.');
}

/** Where a link leads. Within bounds only a file is of use: the folders there are found under their own names. */
async function resolveLink(link: string, bounds: string | null): Promise<string> {
  const real = await realpath(link);
  const stats = await stat(real);
  const isUsable = bounds === null ? stats.isFile() || stats.isDirectory() : stats.isFile() && isInside(bounds, real);
  if (!isUsable) throw new Error(`${link} is not followed.`);
  return real;
}
