import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import { WorkerError } from '../errors.ts';
import type { WorkerSpec } from '../types.ts';

type Place = Omit<WorkerSpec, 'id'>;

/** What `gt … --json` tells, as far as it is used here. */
const Polecats = z.array(z.object({ rig: z.string(), name: z.string() }));
const Status = z.object({
  state: z.string().optional(),
  clone_path: z.string().optional(),
  branch: z.string().optional(),
});
const MergeQueue = z.array(
  z.object({ worker: z.string().optional(), branch: z.string().optional(), target: z.string().optional() }),
);

/**
 * A polecat, by `<rig>/<name>` or its bare name. Finished work is in its branch of the merge queue and no longer in its
 * worktree, so that comes first. Asks `gt` where it is on PATH, and else looks where Gas Town puts worktrees.
 */
export async function findInGasTown(id: string, cwd: string, signal?: AbortSignal): Promise<Place | null> {
  const polecats = await gt(['polecat', 'list', '--json'], Polecats, cwd, signal);
  if (polecats === null) return await findByLayout(id);
  const matching = polecats.filter(({ rig, name }) => `${rig}/${name}` === id || name === id);
  if (matching.length > 1) {
    const names = matching.map(({ rig, name }) => `${rig}/${name}`).join(', ');
    throw new WorkerError('worker_ambiguous', `"${id}" could be any of ${names}. Give it as <rig>/<name>.`);
  }
  const [polecat] = matching;
  if (polecat === undefined) return null;
  const address = `${polecat.rig}/${polecat.name}`;
  const status = await gt(['polecat', 'status', address, '--json'], Status, cwd, signal);
  if (status?.clone_path === undefined) {
    throw new WorkerError('evidence_unreadable', `gt does not say where the worktree of ${address} is.`);
  }
  const queue = (await gt(['mq', 'list', polecat.rig, '--json'], MergeQueue, cwd, signal)) ?? [];
  const request = queue.findLast(({ worker }) => worker === polecat.name || worker?.endsWith(`/${polecat.name}`));
  if (request?.branch === undefined) return { worktree: status.clone_path };
  const base = request.target === undefined ? {} : { base: request.target };
  return { branch: request.branch, repository: status.clone_path, ...base };
}

/** What a command of Gas Town prints; null without `gt`, without a town, or when it prints something else. */
async function gt<T>(
  args: readonly string[],
  schema: z.ZodType<T>,
  cwd: string,
  signal?: AbortSignal,
): Promise<T | null> {
  const cancelling = signal === undefined ? {} : { cancelSignal: signal };
  const result = await execa('gt', args, { cwd, reject: false, stdin: 'ignore', ...cancelling });
  if (result.failed) return null;
  try {
    return schema.parse(JSON.parse(result.stdout));
  } catch {
    return null;
  }
}

/** `<town>/<rig>/polecats/<name>/<rig>`, or without the last part in older towns. */
async function findByLayout(id: string): Promise<Place | null> {
  const town = process.env.GT_ROOT ?? process.env.GT_TOWN_ROOT;
  if (town === undefined || id.split('/').some((part) => part === '' || part === '.' || part === '..')) return null;
  const [first = '', second, ...rest] = id.split('/');
  if (rest.length > 0) return null;
  const rigs = second === undefined ? await readdir(town).catch(() => []) : [first];
  const name = second ?? first;
  const candidates = rigs.flatMap((rig) => [
    [join(town, rig, 'polecats', name, rig), join(town, rig, 'polecats', name)],
  ]);
  const found: string[] = [];
  for (const places of candidates) {
    const present = await Promise.all(places.map(isDirectory));
    const place = places.find((_, index) => present[index]);
    if (place !== undefined) found.push(place);
  }
  if (found.length > 1) throw new WorkerError('worker_ambiguous', `"${id}" could be any of ${found.join(', ')}.`);
  return found[0] === undefined ? null : { worktree: found[0] };
}

async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false;
}
