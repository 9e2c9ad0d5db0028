import { readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { matchesGlob } from './glob.ts';

const SHOWN_NAMES = 50;

/**
 * The files of a folder that patterns name, by their path in it, with `/`. A pattern chooses among these names and does
 * nothing else: whatever it says, no file outside of the folder is found, not by a link either, and none that is hidden
 * or in a hidden folder.
 * @throws {Error} naming files of the folder, when a pattern matches none.
 */
export async function filesInFolder(folder: string, patterns: readonly string[]): Promise<Record<string, string>> {
  const root = await realpath(folder);
  const names = await namesIn(root);
  const chosen = new Set<string>();
  for (const pattern of patterns) {
    const matching = names.filter((name) => name === pattern || matchesGlob(pattern, name));
    if (matching.length === 0) throw new Error(`No file matches "${pattern}". ${someOf(names)}`);
    for (const name of matching) chosen.add(name);
  }
  return Object.fromEntries([...chosen].sort().map((name) => [name, join(root, name)]));
}

async function namesIn(root: string): Promise<string[]> {
  const paths = await visiblePathsIn(root, '');
  const files = await Promise.all(paths.map((path) => isFileOf(root, path)));
  return paths.filter((_, n) => files[n]).map((path) => path.replaceAll(sep, '/'));
}

/** Of all but folders; links are not followed here. `recursive` of readdir would, with file types since Node 26. */
async function visiblePathsIn(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  const visible = entries.filter(({ name }) => isVisible(name));
  const paths = visible.map(async (entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? await visiblePathsIn(root, path) : [path];
  });
  return (await Promise.all(paths)).flat();
}

/** No part of the path begins with a dot: neither a hidden file nor a way out. */
function isVisible(path: string): boolean {
  return !path.split(sep).some((part) => part.startsWith('.'));
}

async function isFileOf(root: string, path: string): Promise<boolean> {
  try {
    const real = await realpath(join(root, path));
    return isVisible(relative(root, real)) && (await stat(real)).isFile();
  } catch {
    return false; // a link to nowhere
  }
}

function someOf(names: readonly string[]): string {
  if (names.length === 0) return 'The folder has no files.';
  const more = names.length > SHOWN_NAMES ? ` and ${names.length - SHOWN_NAMES} more` : '';
  return `The folder has: ${names.toSorted().slice(0, SHOWN_NAMES).join(', ')}${more}.`;
}
