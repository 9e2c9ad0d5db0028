import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import type { StoredRun } from '../../api/run-store.ts';
import { findLeases } from './found-lease.ts';
import { ownFolder, unless } from './private-files.ts';
import type { RunFolder } from './store-folder.ts';

/** In a folder that has changed since, another change may have the same time. */
const SETTLED_MS = 10_000;

/** When a run was first leased, as long as its folder is the same. */
interface Known {
  folder: string;
  createdAt: Date;
}

/** What a list tells of runs. A run that was given back is looked at once: its next lease makes its folder another one. */
export class ListedRuns {
  readonly #known = new Map<string, Known>();

  /** Nothing: no lease of the run was ever whole. */
  async describe(runId: string, folder: RunFolder): Promise<StoredRun[]> {
    const stats = await ownFolder(folder.path);
    if (stats === undefined) return [];
    const known = this.#known.get(runId);
    const lease =
      known?.folder === nameOf(stats) ? { ...known, isHeld: false } : await this.#lookAt(runId, folder, stats);
    const journal = await lstat(folder.journal).catch(unless('ENOENT'));
    if (lease === undefined && journal === undefined) return [];
    const changedAt = journal?.mtime ?? lease?.createdAt ?? new Date(0);
    const createdAt = lease?.createdAt ?? changedAt;
    return [{ runId, createdAt, changedAt, bytes: journal?.size ?? 0, isLeased: lease?.isHeld ?? false }];
  }

  /** What is known of others is not needed any more. */
  keep(runIds: ReadonlySet<string>): void {
    for (const runId of this.#known.keys()) if (!runIds.has(runId)) this.#known.delete(runId);
  }

  async #lookAt(
    runId: string,
    folder: RunFolder,
    stats: Stats,
  ): Promise<{ createdAt: Date; isHeld: boolean } | undefined> {
    const last = (await findLeases(folder.path)).at(-1);
    this.#known.delete(runId);
    if (last === undefined) return undefined;
    const createdAt = new Date(last.createdAt);
    const isSettled = Math.abs(Date.now() - stats.mtimeMs) > SETTLED_MS;
    if (last.isReleased && isSettled) this.#known.set(runId, { folder: nameOf(stats), createdAt });
    return { createdAt, isHeld: last.isHeld };
  }
}

function nameOf({ dev, ino, mtimeMs, ctimeMs }: Stats): string {
  return `${dev} ${ino} ${mtimeMs} ${ctimeMs}`;
}
