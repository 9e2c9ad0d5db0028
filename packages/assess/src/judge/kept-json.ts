import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { unsafeFolder } from '@rlm-bridge/files';
import { thrownText } from '@rlm-bridge/text';
import type { z } from 'zod';

/**
 * A value on disk, by the hash of all it depends on. Failures are never kept. The folder is the user's, not the
 * repository's: work under review must not be able to bring its own judgement.
 */
export class KeptJson<T> {
  readonly #key: string;
  readonly #folder: string;

  constructor(key: string, folder: string = defaultFolder(process.env)) {
    this.#key = key;
    this.#folder = folder;
  }

  /** Null when there is none, and when what is there is damaged, or of another shape. */
  async get(schema: z.ZodType<T>): Promise<T | null> {
    if ((await unsafeFolder(this.#folder)) !== null) return null;
    try {
      const { get } = await cacache();
      const { data } = await get(this.#folder, this.#key);
      return schema.parse(JSON.parse(data.toString('utf8')));
    } catch {
      return null;
    }
  }

  /** A folder that cannot be written is a warning: what was learned stands without it. */
  async put(value: T): Promise<void> {
    if (await this.#isSafe()) await this.#keep(value);
  }

  async #keep(value: T): Promise<void> {
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      const { put } = await cacache();
      await put(this.#folder, this.#key, JSON.stringify(value));
    } catch (error) {
      const reason = thrownText(error);
      process.emitWarning(`The judgement was not kept in ${this.#folder}: ${reason}`, { code: 'RLM_ASSESS_CACHE' });
    }
  }

  /** A judgement that somebody else could have put there is none, and ours is not kept among such. */
  async #isSafe(): Promise<boolean> {
    const reason = await unsafeFolder(this.#folder);
    if (reason === null) return true;
    const what = reason === 'owner' ? 'belongs to another user' : 'can be written by others';
    const advice = `Run "chmod go-w ${this.#folder}" if you trust what is in it, or set RLM_CACHE_DIR`;
    const message = `No judgement is taken from ${this.#folder} or kept there, for it ${what}. ${advice}.`;
    process.emitWarning(message, { code: 'RLM_ASSESS_CACHE' });
    return false;
  }
}

/** Loaded when something is looked up: it takes as long to load as half of this package. */
async function cacache() {
  return (await import('cacache')).default;
}

function defaultFolder(env: NodeJS.ProcessEnv): string {
  const ours = env.RLM_CACHE_DIR || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'rlm-bridge');
  return join(ours, 'assess');
}
