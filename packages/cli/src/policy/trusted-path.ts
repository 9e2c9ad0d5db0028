import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { isInside } from '@rlm-bridge/files';

/**
 * Takes folders that may hold programs of the work out of `PATH`: relative ones and those in judged folders. What runs them
 * (`npx`, a script of a package, an activated environment) puts such folders first.
 * @returns the folders taken out, for the reader to know when a program is missed.
 */
export function trustPath(env: NodeJS.ProcessEnv, judged: readonly string[]): string[] {
  const entries = (env.PATH ?? '').split(delimiter);
  const isTrusted = (entry: string) => isAbsolute(entry) && !judged.some((folder) => isWithin(folder, entry));
  env.PATH = entries.filter(isTrusted).join(delimiter);
  return entries.filter((entry) => entry !== '' && !isTrusted(entry));
}

/** The work tree that a folder is in, found without a program: nothing may run before `PATH` is trusted. */
export function workTreeOf(folder: string): string {
  for (let top = folder; ; top = dirname(top)) {
    if (existsSync(join(top, '.git'))) return top;
    if (top === dirname(top)) return folder;
  }
}

function isWithin(folder: string, entry: string): boolean {
  return isInside(folder, entry) || isInside(realPath(folder), realPath(entry));
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
