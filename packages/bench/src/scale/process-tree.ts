import { readdirSync, readFileSync } from 'node:fs';

/** A process and all below it, from Linux's /proc, without those in `but` and what is below them. */
export function treeOf(root: number, but: readonly number[] = []): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const parent = Number(statOf(Number(name))?.[1]);
    if (!Number.isNaN(parent)) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const found: number[] = [];
  for (const left = [root]; left.length > 0; ) {
    const pid = left.pop() as number;
    if (but.includes(pid)) continue;
    found.push(pid);
    left.push(...(children.get(pid) ?? []));
  }
  return found;
}

/** Memory of processes in MB, pages that several share counted once. */
export function memoryMb(pids: readonly number[]): number {
  const kilobytes = pids.map((pid) => {
    try {
      return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))?.[1] ?? 0);
    } catch {
      return 0; // it ended between two looks
    }
  });
  return kilobytes.reduce((sum, kb) => sum + kb, 0) / 1024;
}

/** Seconds of processor that processes took, with those of their children that have ended. */
export function cpuSeconds(pids: readonly number[]): number {
  const ticks = pids.flatMap((pid) => statOf(pid)?.slice(11, 15).map(Number) ?? []);
  return ticks.reduce((sum, one) => sum + one, 0) / 100;
}

/** What follows the name in /proc/<pid>/stat: state, parent and so on. */
function statOf(pid: number): string[] | undefined {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return line.slice(line.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
