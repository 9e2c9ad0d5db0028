import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { wholeBytes } from '../journal-lines.ts';
import { readRange } from './journal-file.ts';

/** Journals whose ends are kept in mind. */
const MOST = 1_000;

/** Where a journal ended when it was read last. */
interface JournalEnd {
  file: string;
  lines: number;
  bytes: number;
}

/** Where journals ended when they were read, so that who follows one does not pass over all of it again and again. */
export class JournalEnds {
  readonly #ends = new Map<string, JournalEnd>();

  /** Where so many lines of a journal end, or fewer; undefined: nothing is known of this file. */
  find(journal: string, stats: Stats, lines: number): JournalEnd | undefined {
    const end = this.#ends.get(journal);
    return end?.file === nameOf(stats) && end.lines <= lines && end.bytes <= stats.size ? end : undefined;
  }

  /** All lines that were whole when `stats` was taken were read, and they were so many. */
  async note(journal: string, handle: FileHandle, stats: Stats, lines: number): Promise<void> {
    const bytes = await wholeBytes(stats.size, (from, to) => readRange(handle, from, to));
    this.#ends.delete(journal);
    this.#ends.set(journal, { file: nameOf(stats), lines, bytes });
    const [oldest] = this.#ends.keys();
    if (this.#ends.size > MOST && oldest !== undefined) this.#ends.delete(oldest);
  }
}

/** A file by what another one in its place has not. */
function nameOf({ dev, ino, birthtimeMs }: Stats): string {
  return `${dev} ${ino} ${birthtimeMs}`;
}
