import { lstat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { isInside } from '@rlm-bridge/files';
import { UsageError } from '../exit/exit-codes.ts';
import type { JudgedWork } from './judged-work.ts';

/** A path that the gate writes to, and how the user named it. */
export interface Written {
  name: string;
  path: string;
}

/**
 * What the gate writes may lie in the judged work tree, but no link which the work holds may lead it elsewhere.
 * @throws {UsageError}
 */
export async function requireNoLinks(written: readonly Written[], work: JudgedWork): Promise<void> {
  for (const { name, path } of written) {
    for (const folder of work.folders) {
      for (let part = path; part !== folder && isInside(folder, part); part = dirname(part)) {
        const isLink = (await lstat(part).catch(() => null))?.isSymbolicLink() ?? false;
        if (isLink) throw new UsageError(`${name}: ${part} is a link in what is judged. Name a path outside of it.`);
      }
    }
  }
}

/** Where the gate keeps what it reads again. */
interface Keeping {
  env: NodeJS.ProcessEnv;
  cacheDir: string | undefined;
  /** How the user named it. */
  cacheName: string;
  store: string | undefined;
  cwd: string;
}

/**
 * What the gate keeps and reads again may not lie in judged work, which could bring a judgement or an interpreter along.
 * @throws {UsageError}
 */
export async function requireKeptOutside(
  { env, cacheDir, cacheName, store, cwd }: Keeping,
  work: JudgedWork,
): Promise<void> {
  const kept: [name: string, path: string | undefined][] = [
    [cacheName, cacheDir],
    ['--store', store],
    ['RLM_CACHE_DIR', env.RLM_CACHE_DIR],
    [env.XDG_CACHE_HOME ? 'XDG_CACHE_HOME' : 'the cache of HOME', env.XDG_CACHE_HOME || join(homedir(), '.cache')],
    ['TMPDIR', env.TMPDIR],
  ];
  for (const [name, path] of kept) {
    if (!path || !(await work.holds(resolve(cwd, path)))) continue;
    throw new UsageError(
      `${name} (${path}) is in what is judged, which could bring its own judgement. Set it to a folder outside.`,
    );
  }
}
