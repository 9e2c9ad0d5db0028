import { readdirSync, readFileSync } from 'node:fs';

/** Largest resident set so far of a process, in MB; from Linux's /proc. */
export function peakMbOf(pid: number): number {
  const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
}

/** The process of the Python worker that this process started, or had forked from a template. */
export function workerPid(): number {
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const isWorker = readFileSync(`/proc/${name}/comm`, 'utf8').trim() === 'rlm-worker';
      if (isWorker && [parentOf(name), parentOf(parentOf(name))].includes(`${process.pid}`)) return Number(name);
    } catch {
      // It ended between two looks.
    }
  }
  throw new Error('no worker runs');
}

function parentOf(pid: string): string {
  return /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';
}

/** Most memory a container has used, in MB, or null where the kernel does not say (cgroup v1 and v2 differ in place). */
export function containerPeakMb(container: string): number | null {
  const files = [
    `/sys/fs/cgroup/memory/docker/${container}/memory.max_usage_in_bytes`,
    `/sys/fs/cgroup/system.slice/docker-${container}.scope/memory.peak`,
    `/sys/fs/cgroup/docker/${container}/memory.peak`,
  ];
  for (const file of files) {
    try {
      return Number(readFileSync(file, 'utf8')) / 1024 / 1024;
    } catch {
      // Another layout.
    }
  }
  return null;
}
