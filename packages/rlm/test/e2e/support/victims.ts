import { execa } from 'execa';
import type { TestEnvironment } from './environment.ts';
import { containersOf, descendants, type Process, workers } from './processes.ts';

/** What of a run is killed. Node is no victim here: it runs the test. */
export type Victim = 'worker' | 'REPL' | 'container';

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
  if (environment === 'local') return end(one(workers().flatMap(({ pid }) => childrenOf(pid)))?.pid);
  const container = one(await containersOf(runId));
  if (container === undefined) return;
  if (victim === 'container') {
    await execa('docker', ['kill', container], { reject: false });
    return;
  }
  const { stdout } = await execa('docker', ['inspect', '--format={{.State.Pid}}', container], { reject: false });
  if (Number(stdout) > 0) end(Number(stdout));
}

function childrenOf(pid: number): Process[] {
  const children = descendants(pid).filter(({ parent }) => parent === pid);
  return children.toSorted((one, other) => Number(other.startTime) - Number(one.startTime));
}

function end(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself a moment before.
  }
}
