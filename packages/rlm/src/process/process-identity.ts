import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';

/** One process among all that ever ran: its number alone is used again. */
export const ProcessIdentity = z.object({
  pid: z.int().positive(),
  /** Where numbers of processes mean the same: a machine since it started, and a container of its own. */
  space: z.string(),
  /** When it started, in the system's own measure; null where the system does not say. */
  start: z.string().nullable(),
});
export type ProcessIdentity = z.infer<typeof ProcessIdentity>;

/** Whether a process runs, stopped or not; `unknown` when that cannot be seen from here. */
export type ProcessFate = 'running' | 'gone' | 'unknown';

export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, space: ownSpace(), start: lookUp(process.pid)?.start ?? null };
}

export function fateOf({ pid, space, start }: ProcessIdentity): ProcessFate {
  if (space !== ownSpace()) return 'unknown';
  if (!isThere(pid)) return 'gone';
  const found = lookUp(pid);
  if (found === undefined || start === null) return 'unknown';
  return found.isDead || found.start !== start ? 'gone' : 'running';
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** What `/proc` says of a process; one that nobody waits for is dead, though its number is taken. */
function lookUp(pid: number): { start: string; isDead: boolean } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name before it may hold anything, parentheses too.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state = '', start = ''] = [fields[0], fields[19]];
    return { start, isDead: state === 'Z' || state === 'X' };
  } catch {
    return undefined;
  }
}

let space: string | undefined;

/** A host's name is not enough: containers may share it, and a machine has it again after a restart. */
function ownSpace(): string {
  space ??= [hostname(), bootId(), pidNamespace()].join(' ').trimEnd();
  return space;
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}
