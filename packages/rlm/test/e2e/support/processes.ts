import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';

/** A process that cannot be mistaken for a later one of the same number. */
export interface Process {
  readonly pid: number;
  readonly startTime: string;
  /** As it called itself. */
  readonly name: string;
  readonly command: string;
  readonly parent: number;
}

interface Stat extends Process {
  readonly state: string;
}

const LOOK_AGAIN_MS = 50;

function stat(pid: number): Stat | null {
  try {
    // The second field, the name in parentheses, may itself hold spaces and parentheses.
    const line = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [nameStart, nameEnd] = [line.indexOf('(') + 1, line.lastIndexOf(')')];
    const fields = line.slice(nameEnd + 2).split(' ');
    const name = line.slice(nameStart, nameEnd);
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return { pid, name, command, state: fields[0] ?? '', parent: Number(fields[1]), startTime: fields[19] ?? '' };
  } catch {
    return null; // it ended between two looks
  }
}

/** All processes below `root`, by what the kernel says now. */
export function descendants(root: number = process.pid): Process[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => stat(Number(name)));
  const live = all.filter((one) => one !== null && one.state !== 'Z');
  const below = new Set([root]);
  for (let size = 0; size !== below.size; ) {
    size = below.size;
    for (const one of live) if (one && below.has(one.parent)) below.add(one.pid);
  }
  below.delete(root);
  return live.filter((one) => one !== null && below.has(one.pid)) as Process[];
}

/** All processes that were started with `value` somewhere in their environment, wherever they hang now. */
export function startedWith(value: string): Process[] {
  const found = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && environment(name).includes(value));
  return found.map((name) => stat(Number(name))).filter((one) => one !== null && one.state !== 'Z') as Process[];
}

function environment(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return ''; // it ended between two looks, or is another user's
  }
}

/** Of these processes, the ones still running. */
export function alive(processes: readonly Process[]): Process[] {
  return processes.filter(({ pid, startTime }) => {
    const now = stat(pid);
    return now !== null && now.startTime === startTime && now.state !== 'Z';
  });
}

/** Resolves when none of these processes runs any more; the test's own timeout is the watchdog. */
export async function gone(processes: readonly Process[]): Promise<void> {
  while (alive(processes).length > 0) await sleep(LOOK_AGAIN_MS);
}

/** Containers of a run, running or not. */
export async function containersOf(runId: string, runtime = 'docker'): Promise<string[]> {
  const { stdout } = await execa`${runtime} ps -aq --no-trunc --filter label=rlm-bridge.run=${runId}`;
  return stdout.split('\n').filter((id) => id !== '');
}

/** Resolves when a run has no container any more. */
export async function containersGone(runId: string, runtime = 'docker'): Promise<void> {
  while ((await containersOf(runId, runtime)).length > 0) await sleep(LOOK_AGAIN_MS);
}

/** The Python workers that this process runs. */
export function workers(root?: number): Process[] {
  return descendants(root).filter(({ name }) => name === 'rlm-worker');
}

/** The processes that they are forked from. */
export function templates(root?: number): Process[] {
  return descendants(root).filter(({ name }) => name === 'rlm-template');
}

/** The mark of a process that local REPLs are forked from. */
const TEMPLATE = `RLM_BRIDGE_KERNEL=${'0'.repeat(32)}`;

/** The REPLs of the workers of `root`, of this process without, and all that is below them: forked from what their template keeps for all. */
export function repls(root?: number): Process[] {
  const roots = [...templates(root), ...workers(root)];
  const known = new Set(roots.map(({ pid }) => pid));
  const below = new Map(roots.flatMap(({ pid }) => descendants(pid)).map((one) => [one.pid, one]));
  return [...below.values()].filter(({ pid }) => !known.has(pid) && !environment(String(pid)).includes(TEMPLATE));
}

/** The processes that local REPLs are forked from. */
export function replTemplates(root?: number): Process[] {
  return descendants(root).filter(({ pid }) => environment(String(pid)).includes(TEMPLATE));
}

/** The first process of each local REPL. */
export function localSupervisors(root?: number): Process[] {
  const below = repls(root);
  return below.filter(({ parent }) => !below.some(({ pid }) => pid === parent));
}
