import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findPython, mayFetchPython, wantedPython } from './find-python.ts';
import { runUv } from './run-uv.ts';

export interface SyncRequest {
  uv: string;
  /** Holds `pyproject.toml` and `uv.lock`, and gets `venv`. */
  folder: string;
  extra: string | undefined;
  quiet: boolean;
  env: NodeJS.ProcessEnv;
}

/** Variables of uv that say where packages come from, instead of the addresses in the lock. */
const INDEX_VARIABLES = [
  'UV_DEFAULT_INDEX',
  'UV_INDEX',
  'UV_INDEX_URL',
  'UV_EXTRA_INDEX_URL',
  'UV_FIND_LINKS',
  'UV_NO_INDEX',
];

const FAILURE = {
  code: 'environment_sync_failed',
  advice: 'Check the network, proxy and index settings (UV_DEFAULT_INDEX, HTTPS_PROXY, SSL_CERT_FILE, UV_OFFLINE)',
} as const;

/** Installs exactly what the lock says. @throws {RLMError} `python_not_found` or `environment_sync_failed`. */
export async function syncEnvironment(request: SyncRequest, signal: AbortSignal): Promise<void> {
  const { uv, folder, extra, quiet, env } = request;
  const venv = join(folder, 'venv');
  const run = (args: string[], shows = !quiet) => {
    const variables = { UV_PROJECT_ENVIRONMENT: venv };
    return runUv({ uv, cwd: folder, env, variables, shows, failure: FAILURE }, args, signal);
  };
  // A Python that uv fetches is for the sync to find.
  const python = mayFetchPython(env) ? wantedPython(env) : await findPython({ uv, cwd: folder, env }, signal);
  const chosen = ['--frozen', '--no-dev', ...(extra === undefined ? [] : ['--extra', extra])];
  if (!INDEX_VARIABLES.some((name) => env[name])) {
    await run(['sync', ...chosen, '--project', folder, '--python', python]);
    return;
  }
  // The lock holds absolute addresses; hashes hold for the same files at any other index.
  const requirements = join(folder, 'requirements.txt');
  await writeFile(requirements, await run(['export', ...chosen, '--no-header', '--project', folder], false));
  await run(['venv', '--no-project', '--python', python, venv]);
  await run(['pip', 'sync', '--require-hashes', '--python', join(venv, 'bin', 'python'), requirements]);
}
