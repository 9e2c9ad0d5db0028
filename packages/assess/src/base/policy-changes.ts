import picomatch from 'picomatch';
import { decodePath } from '../evidence/decode-text.ts';
import type { GitWork } from '../evidence/git-work.ts';

/** The files of the gate's policy that a work touches. They are judged like any other, and told of beside it. */
export async function policyChangesOf(work: GitWork | null, policyFiles: readonly string[] = []): Promise<string[]> {
  if (work === null || policyFiles.length === 0) return [];
  const isPolicy = picomatch([...policyFiles], { dot: true });
  return (await changedPaths(work)).filter((path) => isPolicy(path));
}

/** Every path that a work adds, changes, removes or moves, under its old name and its new one. */
async function changedPaths(work: GitWork): Promise<string[]> {
  const { changes } = await work.changes();
  const paths = changes.flatMap(({ before, after }) => [before, after]).flatMap((side) => side?.path ?? []);
  return [...new Set(paths.map((path) => decodePath(path)))].sort();
}
