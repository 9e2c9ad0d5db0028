import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Names a worker's temporary folder. The worker makes it, so that there is none without a process to remove it. */
export const FOLDER_VARIABLE = 'RLM_BRIDGE_FOLDER';

/** A worker removes such folders of workers that are gone. */
const PREFIX = 'rlm-bridge-worker-';

/** A process that is still ending may be writing. */
const REMOVAL = { recursive: true, force: true, maxRetries: 10, retryDelay: 50 } as const;

const live = new Set<string>();

/** The path of a new worker's folder, removed when Node exits if it is still there. */
export function workerFolder(): string {
  const folder = join(tmpdir(), `${PREFIX}${crypto.randomUUID()}`);
  if (live.size === 0) process.on('exit', removeAll);
  live.add(folder);
  return folder;
}

/**
 * Removes what a worker that was killed could not.
 * @returns what could not be done, for a warning.
 */
export async function removeWorkerFolder(folder: string): Promise<string | undefined> {
  live.delete(folder);
  if (live.size === 0) process.off('exit', removeAll);
  return await rm(folder, REMOVAL).then(
    () => undefined,
    (error: Error) => `The temporary folder ${folder} could not be removed: ${error.message}`,
  );
}

function removeAll(): void {
  for (const folder of live) {
    try {
      rmSync(folder, REMOVAL);
    } catch {
      // Its worker is removing it too, and is the last to.
    }
  }
}
