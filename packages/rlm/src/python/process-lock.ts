import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fateOf, ownIdentity, ProcessIdentity } from '../process/process-identity.ts';

const POLL_MS = 100;

/** An owner that cannot be seen from here (a shared home, another container) counts as dead after this. */
const SILENT_OWNER_MS = 15 * 60_000;

/** Breaking a lock takes microseconds; whoever left this guard behind died in them. */
const GUARD_MS = 10_000;

/**
 * Does `work` while no other process does work under the same path. A hard link makes the lock appear at once and with
 * its owner in it; the lock of a dead owner is broken, by one process at a time.
 */
export async function withProcessLock<T>(path: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const own = `${path}.${crypto.randomUUID()}`;
  writeFileSync(own, JSON.stringify(ownIdentity()), { flag: 'wx', mode: 0o600 });
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
    const owner = readOwner(readFileSync(path, 'utf8'));
    // A lock appears with its owner in it: one without was never ours.
    const fate = owner === undefined ? 'gone' : fateOf(owner);
    return fate === 'unknown' ? ageMs(path) > SILENT_OWNER_MS : fate === 'gone';
  } catch (error) {
    // Gone in the meantime: the next attempt to link decides.
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}

function readOwner(text: string): ProcessIdentity | undefined {
  try {
    return ProcessIdentity.parse(JSON.parse(text));
  } catch {
    return undefined;
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
