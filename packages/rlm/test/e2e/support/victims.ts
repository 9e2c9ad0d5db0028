import { setTimeout as sleep } from 'node:timers/promises';
import { containersOf, killContainers, processesIn } from './containers.ts';
import type { TestEnvironment } from './environment.ts';
import { descendants, localSupervisors, type Process, workers } from './processes.ts';

/** What of a run is killed. Node is no victim here: it runs the test. An interpreter has a successor in its REPL. */
export type Victim = 'worker' | 'REPL' | 'interpreter' | 'container';

export const VICTIMS: Readonly<Record<TestEnvironment, readonly Victim[]>> = {
  local: ['worker', 'REPL'],
  docker: ['worker', 'REPL', 'container'],
};

/** Ends one of a run's victims as nobody can prevent; false where it has none at the moment. The newest is the first. */
export async function kill(
  victim: Victim,
  runId: string,
  environment: TestEnvironment,
  choice: (below: number) => number,
): Promise<boolean> {
  const one = <T>(all: readonly T[]): T | undefined => all[choice(Math.max(1, all.length))];
  if (victim === 'worker') return end(one(workers())?.pid);
  if (victim === 'container') {
    const container = one(await containersOf(runId));
    if (container !== undefined) await killContainers([container]);
    return container !== undefined;
  }
  const supervisor = one(await supervisors(runId, environment));
  if (supervisor === undefined) return false;
  if (victim === 'REPL') return end(supervisor);
  const dead = childrenOf(supervisor)[0]?.pid;
  if (!end(dead)) return false;
  // Its successor is there once the supervisor has said so.
  while ([dead, undefined].includes(childrenOf(supervisor)[0]?.pid)) await sleep(20);
  return true;
}

/** The first process of each REPL of a run. */
async function supervisors(runId: string, environment: TestEnvironment): Promise<number[]> {
  if (environment === 'local') return newest(localSupervisors()).map(({ pid }) => pid);
  return await processesIn(await containersOf(runId));
}

function childrenOf(pid: number): Process[] {
  return newest(descendants(pid).filter(({ parent }) => parent === pid));
}

function newest(processes: readonly Process[]): Process[] {
  return processes.toSorted((one, other) => Number(other.startTime) - Number(one.startTime));
}

/** Kills a process; false when there is none, or it has ended by itself a moment before. */
export function end(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}
