import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { given } from '@rlm-bridge/options';
import { z } from 'zod';
import { WorkerError } from '../api/errors.ts';
import { branchCandidate, type Candidate, worktreeCandidate } from './candidate.ts';
import { type MergeRequest, mergeRequests } from './merge-queue.ts';

/** What `gt … --json` tells, as far as it is used here. A zombie has a session, and no worktree. */
const Polecats = z.array(z.object({ rig: z.string(), name: z.string(), zombie: z.boolean().optional() }));
const Status = z.object({ state: z.string(), clone_path: z.string(), branch: z.string() });

/** States of a polecat whose worktree has nothing of its own any more: what it did is in the merge queue. */
const AT_REST = ['idle', 'done'];

/**
 * A polecat, by `<rig>/<name>` or its bare name: its branch in the merge queue when it has finished, its worktree while it
 * works, and both when it works on something else already. Asks `gt`; without it, looks where Gas Town puts worktrees.
 */
export async function findInGasTown(id: string, cwd: string, signal?: AbortSignal): Promise<Candidate[]> {
  const town = await findTown(cwd);
  if (town === null) return [];
  const polecats = await gt(['polecat', 'list', '--all', '--json'], Polecats, town, signal);
  if (polecats === undefined) return await findByLayout(id, town, signal);
  const matching = polecats.filter(({ rig, name }) => `${rig}/${name}` === id || name === id);
  const found: Candidate[] = [];
  for (const polecat of matching) found.push(...(await workOf(polecat, town, signal)));
  return found;
}

/** Every polecat of the town that `cwd` is in, with what could be judged of it. None outside of a town. */
export async function listPolecats(
  cwd: string,
  signal?: AbortSignal,
): Promise<{ address: string; candidates: Candidate[] }[]> {
  const town = await findTown(cwd);
  if (town === null) return [];
  const polecats = await gt(['polecat', 'list', '--all', '--json'], Polecats, town, signal);
  const found: { address: string; candidates: Candidate[] }[] = [];
  for (const polecat of polecats ?? (await polecatsByLayout(town))) {
    const address = `${polecat.rig}/${polecat.name}`;
    const candidates = polecats === undefined ? findByLayout(address, town, signal) : workOf(polecat, town, signal);
    found.push({ address, candidates: await candidates });
  }
  return found;
}

async function polecatsByLayout(town: string): Promise<z.infer<typeof Polecats>> {
  const rigs = await readdir(town).catch(() => []);
  const names = await Promise.all(rigs.map((rig) => readdir(join(town, rig, 'polecats')).catch(() => [])));
  return rigs.flatMap((rig, index) => (names[index] ?? []).map((name) => ({ rig, name })));
}

async function workOf(
  { rig, name, zombie }: z.infer<typeof Polecats>[number],
  town: string,
  signal: AbortSignal | undefined,
): Promise<Candidate[]> {
  const address = `${rig}/${name}`;
  const queue = await ask(['mq', 'list', rig, '--json'], z.unknown(), town, signal);
  const requests = mergeRequests(queue, { rig, worker: name });
  const status = zombie ? null : await ask(['polecat', 'status', address, '--json'], Status, town, signal);
  const repository = status?.clone_path ?? join(town, rig, 'refinery', 'rig');
  const queued = ({ branch, target }: MergeRequest) =>
    branchCandidate(
      { branch, repository, ...given({ base: target }) },
      `the branch ${branch} of the polecat ${address} in the merge queue`,
      signal,
    );
  const found = await Promise.all(requests.map(queued));
  if (status === null) return found;
  const isQueued = requests.some(({ branch }) => branch === status.branch);
  if (found.length > 0 && (isQueued || AT_REST.includes(status.state))) return found;
  return [...found, await worktreeCandidate(status.clone_path, `the worktree of the polecat ${address}`, signal)];
}

/** The outermost folder upwards that is a town; else the one that Gas Town's own variables name. */
async function findTown(cwd: string): Promise<string | null> {
  let town: string | null = null;
  for (let folder = cwd; ; folder = dirname(folder)) {
    if ((await stat(join(folder, 'mayor', 'town.json')).catch(() => null)) !== null) town = folder;
    if (dirname(folder) === folder) break;
  }
  return town ?? process.env.GT_TOWN_ROOT ?? process.env.GT_ROOT ?? null;
}

/** What a command of Gas Town prints; undefined without `gt`. @throws {WorkerError} when it fails or prints something else. */
async function gt<T>(
  args: readonly string[],
  schema: z.ZodType<T>,
  town: string,
  signal?: AbortSignal,
): Promise<T | undefined> {
  const cancelling = signal === undefined ? {} : { cancelSignal: signal };
  // Loaded in a town alone.
  const { execa } = await import('execa');
  const result = await execa('gt', args, { cwd: town, reject: false, stdin: 'ignore', ...cancelling });
  signal?.throwIfAborted();
  if (result.code === 'ENOENT') return undefined;
  const advice = 'Mend that, or give the work as { id, worktree | branch }.';
  const asked = `gt ${args.join(' ')}`;
  if (result.failed) {
    const stderr = result.stderr.trim() || result.shortMessage;
    throw new WorkerError('evidence_unreadable', `${asked} failed in ${town}: ${stderr}. ${advice}`);
  }
  try {
    return schema.parse(JSON.parse(result.stdout));
  } catch (cause) {
    throw new WorkerError('evidence_unreadable', `${asked} printed what is not known here. ${advice}`, { cause });
  }
}

async function ask<T>(args: readonly string[], schema: z.ZodType<T>, town: string, signal?: AbortSignal): Promise<T> {
  const reply = await gt(args, schema, town, signal);
  if (reply === undefined)
    throw new WorkerError('evidence_unreadable', `gt is gone: gt ${args.join(' ')} cannot be asked.`);
  return reply;
}

/** `<town>/<rig>/polecats/<name>/<rig>`, or without the last part in older towns. */
async function findByLayout(id: string, town: string, signal?: AbortSignal): Promise<Candidate[]> {
  if (id.split('/').some((part) => part === '' || part === '.' || part === '..')) return [];
  const [first = '', second, ...rest] = id.split('/');
  if (rest.length > 0) return [];
  const rigs = second === undefined ? await readdir(town).catch(() => []) : [first];
  const name = second ?? first;
  const found: Candidate[] = [];
  for (const rig of rigs) {
    const places = [join(town, rig, 'polecats', name, rig), join(town, rig, 'polecats', name)];
    const present = await Promise.all(places.map(isDirectory));
    const place = places.find((_, index) => present[index]);
    if (place !== undefined) found.push(await worktreeCandidate(place, `the worktree ${place}`, signal));
  }
  return found;
}

async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false;
}
