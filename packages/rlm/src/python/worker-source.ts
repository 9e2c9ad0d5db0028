import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RLMError } from '../api/errors.ts';

/** The Python project of the worker: `pyproject.toml`, `uv.lock` and `src`. */
export interface WorkerSource {
  project: string;
  sources: string;
}

/** Names the worker's folder to a bundle that does not lie where the package's own files do. */
const VARIABLE = 'RLM_WORKER_DIR';

let configured: string | undefined;

/** Names the worker's folder for this process; the variable does it otherwise. */
export function setWorkerFolder(folder: string): void {
  configured = folder;
}

/** The folder that the caller names, if any. */
export function namedWorkerFolder(env: NodeJS.ProcessEnv): string | undefined {
  return configured ?? (env[VARIABLE] || undefined);
}

/**
 * Finds the worker: in the folder that the caller names, else in the published package, else in the repository that the
 * package is part of.
 * @throws {RLMError} `worker_not_found`
 */
export function findWorkerSource(env: NodeJS.ProcessEnv): WorkerSource {
  const named = namedWorkerFolder(env);
  const folders = named === undefined ? ownFolders() : [resolve(named)];
  for (const project of folders) {
    const sources = join(project, 'src');
    if (existsSync(join(sources, 'rlm_worker', '__main__.py'))) return { project, sources };
  }
  const place = folders.length === 0 ? 'where a bundle of CommonJS could look' : folders.join(' or ');
  const advice =
    'In a bundle: leave rlm-bridge external, or put its folder "worker" beside the bundle and name it by ' +
    `${VARIABLE} or configureWorkers({ workerDir }); docs/bundlers.md has the lines. Otherwise reinstall rlm-bridge`;
  throw new RLMError('worker_not_found', `The Python worker is not in ${place}. ${advice}.`);
}

/** From the built file, and from the sources: the packaged worker, and the repository's. */
const PLACES = ['../worker/', '../../../python/', '../../../../python/'];

function ownFolders(): string[] {
  // A bundle of CommonJS has no address of its own.
  if (!import.meta.url) return [];
  const places = PLACES.map((place) => join(fileURLToPath(import.meta.url), '..', place, '.'));
  return [...new Set([dirname(packagedFile('pyproject.toml')), ...places])];
}

/**
 * A file of the worker, spelt so that what traces a server's files takes all of them along, and none of the user's. A
 * bundler may make of it a copy elsewhere, which is why the folder is looked for by its own name, too.
 */
function packagedFile(name: string): string {
  return fileURLToPath(new URL(`../worker/${name}`, import.meta.url));
}
