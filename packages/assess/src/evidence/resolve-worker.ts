import { readdir } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { WorkerError } from '../errors.ts';
import type { AssessOptions, WorkerSpec } from '../types.ts';
import { faultsOf, WorkerSchema } from '../worker-schema.ts';
import { findInGasTown } from './gas-town.ts';
import { Git } from './git.ts';
import { findCommit } from './git-range.ts';

type Options = Pick<AssessOptions, 'cwd' | 'outputDir' | 'resolve'>;

/**
 * Where the work of an id is, by the first that knows it: `resolve`, `outputDir`, Gas Town, a git worktree, a branch.
 * @throws {WorkerError} `worker_not_found` or `worker_ambiguous`
 */
export async function resolveWorker(id: string, options: Options, signal?: AbortSignal): Promise<WorkerSpec> {
  const cwd = options.cwd ?? process.cwd();
  const given = await options.resolve?.(id);
  if (given !== undefined) {
    const faults = faultsOf(WorkerSchema, { ...given, id }, 'worker');
    if (faults.length > 0) throw new WorkerError('worker_not_found', `resolve gave no worker: ${faults.join(' ')}`);
    return { ...given, id };
  }
  if (options.outputDir !== undefined) return await inOutputDir(id, resolve(cwd, options.outputDir));
  const git = new Git(cwd, signal);
  const found = (await findInGasTown(id, cwd, signal)) ?? (await findWorktree(id, git)) ?? (await findBranch(id, git));
  if (found !== null) return { ...found, id };
  throw new WorkerError(
    'worker_not_found',
    `There is no worker "${id}": no Gas Town polecat, git worktree or branch of that name in ${cwd}. ` +
      'Give it as { id, worktree | branch | files | diff | outputs }, or set resolve or outputDir.',
  );
}

/** `<id>.output`, and `<id>.<part>.output` or `<id>-<number>.output` where there are several. Compared, never matched as a glob. */
async function inOutputDir(id: string, folder: string): Promise<WorkerSpec> {
  const names = await readdir(folder).catch((cause: Error) => {
    throw new WorkerError('worker_not_found', `The outputDir ${folder} cannot be read: ${cause.message}`, { cause });
  });
  const outputs = names.filter((name) => name.startsWith(id) && /^(?:\..+|-\d+)?\.output$/.test(name.slice(id.length)));
  if (outputs.length === 0) throw new WorkerError('worker_not_found', `There is no ${id}.output in ${folder}.`);
  return { id, outputs: outputs.sort().map((name) => resolve(folder, name)) };
}

async function findWorktree(id: string, git: Git): Promise<Omit<WorkerSpec, 'id'> | null> {
  const listed = await git.ask(['worktree', 'list', '--porcelain', '-z']);
  if (listed === null) return null;
  const paths = listed.split('\0').flatMap((line) => (line.startsWith('worktree ') ? [line.slice(9)] : []));
  const matching = paths.filter((path) => basename(path) === id);
  if (matching.length > 1) throw ambiguous(id, matching);
  return matching[0] === undefined ? null : { worktree: matching[0] };
}

async function findBranch(id: string, git: Git): Promise<Omit<WorkerSpec, 'id'> | null> {
  const exact = (await findCommit(git, `refs/heads/${id}`)) ?? (await findCommit(git, `refs/remotes/origin/${id}`));
  return exact === null ? null : { branch: exact, repository: git.cwd };
}

export function ambiguous(id: string, candidates: readonly string[]): WorkerError {
  const list = candidates.join(', ');
  return new WorkerError('worker_ambiguous', `"${id}" could be any of ${list}. Give one of them as { id, … }.`);
}
