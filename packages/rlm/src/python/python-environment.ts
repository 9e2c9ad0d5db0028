import { createHash } from 'node:crypto';
import { access, constants, copyFile, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Environment } from '@rlm-bridge/protocol';
import { thrownText } from '@rlm-bridge/text';
import { cacheFolder, inCache, makeCacheFolder, requireSafe, shareWithOthers } from './cache-folder.ts';
import { lockOf, noteUse, removeUnused } from './environment-use.ts';
import { withProcessLock } from './process-lock.ts';
import { SharedTask } from './shared-task.ts';
import { findUv } from './uv.ts';
import { syncEnvironment } from './uv-sync.ts';
import type { WorkerSource } from './worker-source.ts';

/** Where uv makes the worker's environment, under a name that changes with everything it depends on. */
export interface PythonEnvironment {
  folder: string;
  interpreter: string;
  extra: string | undefined;
}

/** Environments whose official class needs an extra of the Python project. */
const EXTRAS: Partial<Record<Environment, string>> = {
  ipython: 'ipython',
  modal: 'modal',
  prime: 'prime',
  daytona: 'daytona',
  e2b: 'e2b',
};

export interface PythonSettings {
  source: WorkerSource;
  environment: Environment;
  python: string | undefined;
  uvPath: string | undefined;
  quiet: boolean;
  env: NodeJS.ProcessEnv;
}

const syncing = new SharedTask<void>();

/**
 * The interpreter that has the worker's dependencies. Without a Python of the user's own it is made by uv, once, in the
 * user's cache.
 */
export async function preparePython(settings: PythonSettings, signal: AbortSignal): Promise<string> {
  const { uvPath, env } = settings;
  const own = ownPython(settings);
  if (own !== undefined) return own;
  // A wrong option is reported even when its work is already done.
  if (uvPath !== undefined) await findUv(uvPath, env, signal);
  const environment = await locateEnvironment(settings);
  for (const folder of [dirname(environment.folder), environment.folder]) await requireSafe(folder);
  if (!((await noteUse(environment.folder, signal)) && (await isReady(environment)))) {
    await syncing.join(environment.folder, signal, (shared) =>
      inCache(environment.folder, () => prepareOnce(settings, environment, shared)),
    );
  }
  return environment.interpreter;
}

/** The user's own Python: the option, else `RLM_PYTHON`. It is used as it is. */
export function ownPython({ python, env }: Pick<PythonSettings, 'python' | 'env'>): string | undefined {
  return python ?? (env.RLM_PYTHON || undefined);
}

/** Where uv's environment for these settings is, or will be. */
export async function locateEnvironment(settings: PythonSettings): Promise<PythonEnvironment> {
  const extra = EXTRAS[settings.environment];
  const folder = join(cacheFolder(settings.env), await environmentName(settings, extra));
  return { folder, interpreter: join(folder, 'venv', 'bin', 'python'), extra };
}

/** A stamp without an interpreter is an environment whose base Python was removed since. */
export async function isReady({ folder, interpreter }: PythonEnvironment): Promise<boolean> {
  const checks = [access(join(folder, 'ready')), access(interpreter, constants.X_OK)];
  return (await Promise.allSettled(checks)).every(({ status }) => status === 'fulfilled');
}

async function prepareOnce(
  { source, uvPath, quiet, env }: PythonSettings,
  environment: PythonEnvironment,
  signal: AbortSignal,
): Promise<void> {
  const { folder, extra } = environment;
  const { path: uv } = await findUv(uvPath, env, signal);
  await makeCacheFolder(folder);
  await withProcessLock(lockOf(folder), signal, async () => {
    if (await isReady(environment)) return;
    if (!quiet) process.stderr.write(`rlm-bridge: preparing Python with uv in ${folder} (once)\n`);
    // A copy, because the package's own folder may be read-only.
    for (const name of PROJECT_FILES) await copyFile(join(source.project, name), join(folder, name));
    await rm(join(folder, 'venv'), { recursive: true, force: true });
    await syncEnvironment({ uv, folder, extra, quiet, env }, signal);
    await shareWithOthers(folder);
    await writeFile(join(folder, 'ready.new'), '');
    await rename(join(folder, 'ready.new'), join(folder, 'ready'));
    if (!quiet) process.stderr.write('rlm-bridge: Python is ready\n');
  });
  await tidy(folder, quiet, signal);
}

/** What cannot be removed is no reason not to run. */
async function tidy(folder: string, quiet: boolean, signal: AbortSignal): Promise<void> {
  try {
    const removed = await removeUnused(dirname(folder), folder, signal);
    if (removed.length > 0 && !quiet) process.stderr.write(`rlm-bridge: removed unused ${removed.join(', ')}\n`);
  } catch (error) {
    signal.throwIfAborted();
    const remark = `An old Python environment could not be removed: ${thrownText(error)}`;
    process.emitWarning(remark, { code: 'RLM_CACHE_CLEANUP' });
  }
}

const PROJECT_FILES = ['pyproject.toml', 'uv.lock'] as const;

/** The worker's own entry in both files: its version is the release's, and changes nothing of what is installed. */
const OWN_VERSION = /(name = "rlm-worker"\n)version = "[^"]*"\n/;

async function environmentName({ source, env }: PythonSettings, extra: string | undefined): Promise<string> {
  const hash = createHash('sha256');
  for (const name of PROJECT_FILES) {
    const text = await readFile(join(source.project, name), 'utf8');
    hash.update(text.replace(OWN_VERSION, '$1'));
  }
  // Not the package's version: releases with one lock share an environment.
  const parts = [extra, env.UV_PYTHON, process.platform, process.arch];
  return hash.update(JSON.stringify(parts)).digest('hex').slice(0, 20);
}
