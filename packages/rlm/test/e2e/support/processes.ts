import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process that cannot be mistaken for a later one of the same number. */
export interface Process {
  readonly pid: number;
  readonly startTime: string;
  /** As it called itself. */
  readonly name: string;
  readonly command: string;
  readonly parent: number;
}

type Stat = Omit<Process, 'pid' | 'command'>;

const LOOK_AGAIN_MS = 50;

/** What the kernel says of a process that runs. */
function stat(pid: number): Stat | null {
  const line = read(pid, 'stat');
  // The second field, the name in parentheses, may itself hold spaces and parentheses.
  const [nameStart, nameEnd] = [line.indexOf('(') + 1, line.lastIndexOf(')')];
  const [state, parent, ...fields] = line.slice(nameEnd + 2).split(' ');
  if (line === '' || state === 'Z') return null;
  return { name: line.slice(nameStart, nameEnd), parent: Number(parent), startTime: fields[17] ?? '' };
}

function look(pid: number): Process[] {
  const now = stat(pid);
  return now === null ? [] : [{ pid, ...now, command: read(pid, 'cmdline').replaceAll('\0', ' ').trim() }];
}

/** A file of a process; nothing of one that ended between two looks, or is another user's. */
function read(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1');
  } catch {
    return '';
  }
}

/** Those that its threads started: there are many other processes where tests run, and each would be asked for its parent. */
function childrenOf(pid: number): number[] {
  return threads(pid).flatMap((thread) => read(pid, `task/${thread}/children`).split(' ').filter(Boolean).map(Number));
}

function threads(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return []; // it ended between two looks
  }
}

/** All processes below `root`, by what the kernel says now. */
export function descendants(root: number = process.pid): Process[] {
  return childrenOf(root).flatMap((pid) => [...look(pid), ...descendants(pid)]);
}

/** All processes that were started with `value` somewhere in their environment, wherever they hang now. */
export function startedWith(value: string): Process[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  return all.filter((pid) => read(pid, 'environ').includes(value)).flatMap(look);
}

/** Of these processes, the ones still running. */
export function alive(processes: readonly Process[]): Process[] {
  return processes.filter(({ pid, startTime }) => stat(pid)?.startTime === startTime);
}

/** Resolves when none of these processes runs any more; the test's own timeout is the watchdog. */
export async function gone(processes: readonly Process[]): Promise<void> {
  while (alive(processes).length > 0) await sleep(LOOK_AGAIN_MS);
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

const isREPLTemplate = (pid: number) => read(pid, 'environ').includes(TEMPLATE);

/** The REPLs of the workers of `root`, of this process without, and all that is below them: forked from what their template keeps for all. */
export function repls(root?: number): Process[] {
  const roots = descendants(root).filter(({ name }) => name === 'rlm-template' || name === 'rlm-worker');
  const known = new Set(roots.map(({ pid }) => pid));
  const below = new Map(roots.flatMap(({ pid }) => descendants(pid)).map((one) => [one.pid, one]));
  return [...below.values()].filter(({ pid }) => !known.has(pid) && !isREPLTemplate(pid));
}

/** The processes that local REPLs are forked from. */
export function replTemplates(root?: number): Process[] {
  return descendants(root).filter(({ pid }) => isREPLTemplate(pid));
}

/** The first process of each local REPL. */
export function localSupervisors(root?: number): Process[] {
  const below = repls(root);
  return below.filter(({ parent }) => !below.some(({ pid }) => pid === parent));
}
