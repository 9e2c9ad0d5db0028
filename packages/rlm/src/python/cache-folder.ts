import { chmod, mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { unsafeFolder } from '@rlm-bridge/files';
import { thrownText } from '@rlm-bridge/text';
import { RLMError } from '../api/errors.ts';
import { lateExeca } from '../process/late-execa.ts';

const ADVICE = 'Set RLM_CACHE_DIR to a folder that has room and that this user can write';

/** `RLM_CACHE_DIR`, else `rlm-bridge` in the user's cache folder. @throws {RLMError} for a user without a home folder. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  if (env.RLM_CACHE_DIR) return env.RLM_CACHE_DIR;
  if (env.XDG_CACHE_HOME) return join(env.XDG_CACHE_HOME, 'rlm-bridge');
  const caches = process.platform === 'darwin' ? ['Library', 'Caches'] : ['.cache'];
  return join(homeFolder(), ...caches, 'rlm-bridge');
}

/** Readable by everybody: what one user warms may serve another. @throws {RLMError} `cache_folder_unusable` */
export async function makeCacheFolder(folder: string): Promise<void> {
  const path = resolve(folder);
  await inCache(folder, async () => {
    const first = await mkdir(path, { recursive: true });
    // The umask says what others may do with the user's own files; these are for all.
    for (let made = path; first !== undefined && made.length >= first.length; made = dirname(made)) {
      await chmod(made, 0o755);
    }
  });
}

/** Has everybody read what is in a folder, whatever the umask of the one who made it. */
export async function shareWithOthers(folder: string): Promise<void> {
  await (await lateExeca())('chmod', ['-R', 'go+rX', folder]);
}

/** Does work in the cache; an error of the file system there is the cache's. @throws {RLMError} `cache_folder_unusable` */
export async function inCache<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isOfFileSystem = !RLMError.isInstance(error) && error instanceof Error && 'syscall' in error;
    throw isOfFileSystem ? unusable(folder, error) : error;
  }
}

/**
 * That nobody but this user, or root, could have put there what is there. A folder that is missing is no matter.
 * @throws {RLMError} `cache_folder_unsafe`
 */
export async function requireSafe(folder: string, owners?: readonly unknown[]): Promise<void> {
  const reason = await unsafeFolder(folder, owners);
  if (reason === null) return;
  const [what, advice] = {
    owner: [`${folder} belongs to another user`, 'Set RLM_CACHE_DIR to a folder of this user'],
    mode: [
      `Others can write ${folder}`,
      `Run "chmod go-w ${folder}" if you trust what is in it, or set RLM_CACHE_DIR to another folder`,
    ],
  }[reason];
  throw new RLMError('cache_folder_unsafe', `${what}, and programs in it are run. ${advice}.`);
}

function unusable(folder: string, cause: unknown): RLMError {
  return new RLMError('cache_folder_unusable', `${folder} cannot be used (${thrownText(cause)}). ${ADVICE}.`, {
    cause,
  });
}

function homeFolder(): string {
  try {
    return homedir();
  } catch (cause) {
    throw new RLMError('cache_folder_unusable', `This user has no home folder for a cache. ${ADVICE}.`, { cause });
  }
}
