import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { WorkerError } from '../api/errors.ts';
import type { AssessOptions, WorkerSpec } from '../api/options.ts';
import { findBranches } from './branches.ts';
import { type Candidate, theOne } from './candidate.ts';
import { findInGasTown } from './gas-town.ts';
import { Git } from './git.ts';
import { issuesOf, WorkerSchema } from './worker-schema.ts';
import { listWorktrees } from './worktrees.ts';

type Options = Pick<AssessOptions, 'cwd' | 'outputDir' | 'resolve'>;

/** A worker that is given as such, or the one that an id means. @throws {WorkerError} as resolveWorker does. */
export async function specOf(worker: string | WorkerSpec, options: Options, signal?: AbortSignal): Promise<WorkerSpec> {
  return typeof worker === 'string' ? await resolveWorker(worker, options, signal) : worker;
}

/**
 * Where the work of an id is: what `resolve` says, else the one thing that has the name: a transcript in `outputDir`, a
 * Gas Town polecat, a git worktree by its folder or path (or as `<id>/<repository>`), a branch by its name or ref.
 * @throws {WorkerError} `worker_not_found`; `worker_ambiguous` when things that hold different work have the name.
 */
export async function resolveWorker(id: string, options: Options, signal?: AbortSignal): Promise<WorkerSpec> {
  const cwd = resolve(options.cwd ?? process.cwd());
  const given = await asked(options.resolve, id, signal);
  if (given !== undefined) {
    const issues = issuesOf(WorkerSchema, { ...given, id }, 'worker');
    if (issues.length > 0) throw new WorkerError('worker_not_found', `resolve gave no worker: ${issues.join(' ')}`);
    return { ...given, id };
  }
  const git = new Git(cwd, signal);
  const found = theOne(id, [
    ...(options.outputDir === undefined ? [] : [await inOutputDir(id, resolve(cwd, options.outputDir))]),
    ...(await findInGasTown(id, cwd, signal)),
    ...(await findWorktrees(id, git)),
    ...(await findBranches(id, git)),
  ]);
  if (found !== null) return { ...found.spec, id };
  throw new WorkerError(
    'worker_not_found',
    `There is no worker "${id}": no Gas Town polecat, git worktree or branch of that name in ${cwd}. ` +
      'Give it as { id, worktree | branch | files | diff | outputs }, or set resolve or outputDir.',
  );
}

/** A function of the caller's may never settle; an abort ends the waiting. */
async function asked(
  find: AssessOptions['resolve'],
  id: string,
  signal: AbortSignal | undefined,
): Promise<Omit<WorkerSpec, 'id'> | undefined> {
  if (find === undefined) return undefined;
  signal?.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([aborted, (async () => await find(id))()]);
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

/** `<id>.output`, and `<id>.<part>.output` or `<id>-<number>.output` where there are several. Compared, never matched as a glob. */
async function inOutputDir(id: string, folder: string): Promise<Candidate> {
  const names = await readdir(folder).catch((cause: Error) => {
    throw new WorkerError('worker_not_found', `The outputDir ${folder} cannot be read: ${cause.message}`, { cause });
  });
  const outputs = names.filter((name) => name.startsWith(id) && /^(?:\..+|-\d+)?\.output$/.test(name.slice(id.length)));
  if (outputs.length === 0) throw new WorkerError('worker_not_found', `There is no ${id}.output in ${folder}.`);
  const paths = outputs.sort().map((name) => resolve(folder, name));
  return { spec: { outputs: paths }, label: `the transcript ${paths.join(', ')}`, commit: null };
}

async function findWorktrees(id: string, git: Git): Promise<Candidate[]> {
  const matching = (await listWorktrees(git)).filter(({ names }) => names.includes(id));
  return matching.map(({ path, head }) => ({ spec: { worktree: path }, label: `the worktree ${path}`, commit: head }));
}
