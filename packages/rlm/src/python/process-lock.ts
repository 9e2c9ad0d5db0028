import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 100;

/** The owner of a lock on another machine (a shared home) cannot be asked; after this it counts as dead. */
const FOREIGN_OWNER_MS = 15 * 60_000;

/** Breaking a lock takes microseconds; whoever left this guard behind died in them. */
const GUARD_MS = 10_000;

/**
 * Does `work` while no other process does work under the same path. A hard link makes the lock appear at once and with
 * its owner in it; the lock of a dead owner is broken, by one process at a time.
 */
export async function withProcessLock<T>(path: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const own = `${path}.${crypto.randomUUID()}`;
  writeFileSync(own, JSON.stringify({ pid: process.pid, host: hostname() }), { flag: 'wx', mode: 0o600 });
  try {
    while (!tryLink(own, path)) {
      if (isLeftBehind(path)) breakLock(own, path);
      else await sleep(POLL_MS, undefined, { signal });
    }
    try {
      return await work();
    } finally {
      rmSync(path, { force: true });
    }
  } finally {
    rmSync(own, { force: true });
  }
}

/** Two processes that both saw a dead owner must not remove the lock that one of them takes next. */
function breakLock(own: string, path: string): void {
  const guard = `${path}.breaking`;
  if (!tryLink(own, guard)) {
    if (ageMs(guard) > GUARD_MS) rmSync(guard, { force: true });
    return;
  }
  if (isLeftBehind(path)) rmSync(path, { force: true });
  rmSync(guard, { force: true });
}

function isLeftBehind(path: string): boolean {
  try {
    const { pid, host } = readOwner(readFileSync(path, 'utf8'));
    // A lock appears with its owner in it: one without was never ours.
    if (pid === undefined) return true;
    return host === hostname() ? !isAlive(pid) : ageMs(path) > FOREIGN_OWNER_MS;
  } catch (error) {
    // Gone in the meantime: the next attempt to link decides.
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}

function readOwner(text: string): { pid?: number; host?: unknown } {
  try {
    const { pid, host } = Object(JSON.parse(text)) as { pid?: unknown; host?: unknown };
    return Number.isSafeInteger(pid) && Number(pid) > 0 ? { pid: Number(pid), host } : {};
  } catch {
    return {};
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return isErrno(error, 'EPERM');
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    throw error;
  }
}

function ageMs(path: string): number {
  return Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
