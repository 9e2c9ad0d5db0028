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
  #hasBegun = false;

  private constructor(folder: RunFolder, durability: Durability) {
    this.#folder = folder;
    this.#durability = durability;
  }

  static async take(folder: RunFolder, durability: Durability): Promise<AsideFile> {
    await rename(join(folder.path, NAME), join(folder.path, LEFT)).catch(unless('ENOENT'));
    return new AsideFile(folder, durability);
  }

  async read(): Promise<string[]> {
    const path = join(this.#folder.path, this.#hasBegun ? NAME : LEFT);
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
    this.#hasBegun = true;
    return path;
  }

  async end(): Promise<void> {
    await inStore(this.#folder.path, async () => {
      for (const name of [NAME, LEFT]) await rm(join(this.#folder.path, name), { force: true });
    });
  }
}
