import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Text that is gathered before it is written, in characters. */
const GATHERED_CHARS = 1_000_000;

/** A new private file, which gets its lines one after the other. */
export class LinesFile {
  readonly path: string;
  readonly #file: FileHandle;
  #text = '';

  private constructor(path: string, file: FileHandle) {
    this.path = path;
    this.#file = file;
  }

  static async create(folder: string, name: string): Promise<LinesFile> {
    const path = join(folder, `${name}-${crypto.randomUUID()}.ndjson`);
    return new LinesFile(path, await open(path, 'wx', 0o600));
  }

  async add(line: string): Promise<void> {
    this.#text += `${line}\n`;
    if (this.#text.length >= GATHERED_CHARS) await this.#flush();
  }

  async close(): Promise<void> {
    try {
      await this.#flush();
    } finally {
      await this.#file.close();
    }
  }

  /** Closes it too, where it was left in the middle: Node ends a process that leaves an open file to its garbage collection. */
  async remove(): Promise<void> {
    await this.#file.close();
    await rm(this.path, { force: true });
  }

  async #flush(): Promise<void> {
    await this.#file.writeFile(this.#text);
    this.#text = '';
  }
}
