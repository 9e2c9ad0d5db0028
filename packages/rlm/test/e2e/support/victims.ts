import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import type { TestEnvironment } from './environment.ts';
import { containersOf, descendants, type Process, supervisorsOf, workers } from './processes.ts';

/** What of a run is killed. Node is no victim here: it runs the test. An interpreter has a successor in its REPL. */
export type Victim = 'worker' | 'REPL' | 'interpreter' | 'container';

export const VICTIMS: Readonly<Record<TestEnvironment, readonly Victim[]>> = {
  local: ['worker', 'REPL'],
  docker: ['worker', 'REPL', 'container'],
};

/** Ends one of a run's victims as nobody can prevent; nothing, where it has none at the moment. The newest is the first. */
export async function kill(
  victim: Victim,
  runId: string,
  environment: TestEnvironment,
  choice: (below: number) => number,
): Promise<void> {
  const one = <T>(all: readonly T[]): T | undefined => all[choice(Math.max(1, all.length))];
  if (victim === 'worker') return end(one(workers())?.pid);
  if (victim === 'container') {
    const container = one(await containersOf(runId));
    if (container !== undefined) await execa('docker', ['kill', container], { reject: false });
    return;
  }
  const supervisor = one(await supervisors(runId, environment));
  if (supervisor === undefined) return;
  if (victim === 'REPL') return end(supervisor);
  const dead = childrenOf(supervisor)[0]?.pid;
  end(dead);
  // Its successor is there once the supervisor has said so.
  while ([dead, undefined].includes(childrenOf(supervisor)[0]?.pid)) await sleep(20);
}

/** The first process of each REPL of a run. */
async function supervisors(runId: string, environment: TestEnvironment): Promise<number[]> {
  if (environment === 'local') return newest(workers().flatMap(supervisorsOf)).map(({ pid }) => pid);
  const containers = await containersOf(runId);
  if (containers.length === 0) return [];
  const { stdout } = await execa('docker', ['inspect', '--format={{.State.Pid}}', ...containers], { reject: false });
  return stdout
    .split('\n')
    .map(Number)
    .filter((pid) => pid > 0);
}

function childrenOf(pid: number): Process[] {
  return newest(descendants(pid).filter(({ parent }) => parent === pid));
}

function newest(processes: readonly Process[]): Process[] {
  return processes.toSorted((one, other) => Number(other.startTime) - Number(one.startTime));
}

/** Kills a process, which may have ended. */
export function end(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself a moment before.
  }
}
