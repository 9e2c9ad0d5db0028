import { access, constants, mkdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * A file that is whole or not there: it is written aside and moved into its place. What is no regular file, such as
 * `/dev/stdout`, is written to as it is.
 */
export class ReportFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Makes its folder, and finds out whether it could be written; nothing of it is left. */
  async requireWritable(): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true });
    const place = await this.#place();
    if (place === null) return await access(this.#path, constants.W_OK);
    await writeFile(place.aside, '');
    await rm(place.aside);
  }

  /** `text`: whole, or in pieces. */
  async write(text: string | AsyncIterable<string>): Promise<void> {
    const place = await this.#place();
    if (place === null) return await writeFile(this.#path, text);
    try {
      await writeFile(place.aside, text);
      await rename(place.aside, place.real);
    } finally {
      await rm(place.aside, { force: true });
    }
  }

  /** Where the file really is, and a name beside it; null: something else is there, which cannot be replaced. */
  async #place(): Promise<{ real: string; aside: string } | null> {
    const stats = await stat(this.#path).catch(() => null);
    if (stats?.isDirectory() === true) throw new Error('it is a folder');
    if (stats !== null && !stats.isFile()) return null;
    const real = stats === null ? this.#path : await realpath(this.#path);
    return { real, aside: `${real}.new-${process.pid}` };
  }
}
