import type { Stats } from 'node:fs';
import { readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { withProcessLock } from './process-lock.ts';

/** An environment that nobody started a worker from for so long is removed when the next one is made. */
export const UNUSED_ENVIRONMENT_MS = 30 * 86_400_000;

/** Uses are noted no finer than this. */
const NOTED_MS = 86_400_000;

/** What a folder of ours in the cache is called. */
const NAME = /^[0-9a-f]{20}$/;

/** Beside the folder, as it holds whoever waits for a folder that is being removed. */
export function lockOf(folder: string): string {
  return `${folder}.lock`;
}

/**
 * Notes that an environment is about to be used, so that nobody removes it. One that was used lately is safe as it is;
 * where nothing can be written (baked into an image, another user's) nothing is removed from here either.
 * @returns whether it is still there.
 */
export async function noteUse(folder: string, signal: AbortSignal): Promise<boolean> {
  const ready = join(folder, 'ready');
  // Reading tells a user who may not write it: the system notes it.
  await readFile(ready).catch(() => {});
  if ((await unusedForMs(folder)) < NOTED_MS) return true;
  try {
    return await withProcessLock(lockOf(folder), signal, async () => {
      const now = new Date();
      return await utimes(ready, now, now).then(
        () => true,
        (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
      );
    });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Error && 'syscall' in error) return true;
    throw error;
  }
}

/**
 * Removes the environments of a cache that nobody used for long: of earlier releases, locks and Pythons.
 * @param kept The folder of the one that is in use.
 * @returns the folders removed.
 */
export async function removeUnused(cache: string, kept: string, signal: AbortSignal): Promise<string[]> {
  const removed: string[] = [];
  for (const entry of await readdir(cache, { withFileTypes: true })) {
    const folder = join(cache, entry.name);
    if (!entry.isDirectory() || entry.name === basename(kept) || !(await isOurs(folder)) || !(await isUnused(folder))) {
      continue;
    }
    await withProcessLock(lockOf(folder), signal, async () => {
      if (!(await isUnused(folder))) return;
      // Its stamp first and its marks last: what is left when this is cut short is no environment, and is removed later.
      for (const name of ['ready', 'venv']) await rm(join(folder, name), { recursive: true, force: true });
      await rm(folder, { recursive: true, force: true });
      removed.push(folder);
    });
  }
  return removed;
}

/** Whether we made a folder, by its name, what is in it, and who owns it. */
async function isOurs(folder: string): Promise<boolean> {
  if (!NAME.test(basename(folder))) return false;
  const project = await readFile(join(folder, 'pyproject.toml'), 'utf8').catch(() => '');
  const owner = (await stat(folder).catch(() => undefined))?.uid;
  return project.includes('name = "rlm-worker"') && owner === (process.getuid?.() ?? owner);
}

async function isUnused(folder: string): Promise<boolean> {
  return (await unusedForMs(folder)) > UNUSED_ENVIRONMENT_MS;
}

/** Since its stamp was last read or written; one without a stamp was never whole. */
async function unusedForMs(folder: string): Promise<number> {
  const stats: Stats | undefined = await stat(join(folder, 'ready')).catch(() => stat(folder).catch(() => undefined));
  return stats === undefined ? 0 : Date.now() - Math.max(stats.mtimeMs, stats.atimeMs);
}
