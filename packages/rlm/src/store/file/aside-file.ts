import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunAside } from '../../api/run-store.ts';
import { inStore } from '../store-errors.ts';
import type { Durability } from './journal-file.ts';
import { openFile, unless } from './private-files.ts';
import type { RunFolder } from './store-folder.ts';

/** What another process appends to, and what of it a holder before left. Who still writes the latter finds it moved. */
const [NAME, LEFT] = ['effects.jsonl', 'effects.left.jsonl'];

/** The file beside the journal of a run that is leased. */
export class AsideFile implements RunAside {
  readonly #folder: RunFolder;
  readonly #durability: Durability;
  /** What there is of it; null: nothing. */
  #name: string | null;

  private constructor(folder: RunFolder, name: string | null, durability: Durability) {
    this.#folder = folder;
    this.#name = name;
    this.#durability = durability;
  }

  /** `names`: what is in the folder. */
  static async take(folder: RunFolder, names: readonly string[], durability: Durability): Promise<AsideFile> {
    const isThere = names.includes(NAME);
    if (isThere) await rename(join(folder.path, NAME), join(folder.path, LEFT));
    return new AsideFile(folder, isThere || names.includes(LEFT) ? LEFT : null, durability);
  }

  async read(): Promise<string[]> {
    if (this.#name === null) return [];
    const path = join(this.#folder.path, this.#name);
    return await inStore(path, async () => {
      const handle = await openFile(path, 'read').catch(unless('ENOENT'));
      if (handle === undefined) return [];
      try {
        // What stands after the last newline was not appended whole.
        return (await handle.readFile('utf8')).split('\n').slice(0, -1);
      } finally {
        await handle.close();
      }
    });
  }

  async begin(): Promise<string | null> {
    await this.end();
    if (this.#durability === 'disk') return null;
    const path = join(this.#folder.path, NAME);
    await inStore(path, async () => (await openFile(path, 'new')).close());
    this.#name = NAME;
    return path;
  }

  async end(): Promise<void> {
    if (this.#name === null) return;
    const path = join(this.#folder.path, this.#name);
    await inStore(path, () => rm(path, { force: true }));
    this.#name = null;
  }
}
