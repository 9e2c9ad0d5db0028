import type { JournalRecord, Recorded } from '@rlm-bridge/protocol';
import type { RecordedEffects } from '../journal/recorded-effects.ts';
import { LinesFile } from './lines-file.ts';

/** What a journal has of a run, on its way to a worker: a file of effects, one a line. */
export class RecordedFile {
  readonly #lines: LinesFile;
  readonly #effects: RecordedEffects;

  private constructor(lines: LinesFile, effects: RecordedEffects) {
    this.#lines = lines;
    this.#effects = effects;
  }

  get path(): string {
    return this.#lines.path;
  }

  /** In a folder of the worker; `effects` says what a record is to it. */
  static async create(folder: string, effects: RecordedEffects): Promise<RecordedFile> {
    return new RecordedFile(await LinesFile.create(folder, 'recorded'), effects);
  }

  /** The next record. `isInherited`: of the run that this one was forked from; `isLeftOut`: what the worker is not given. */
  async take(record: JournalRecord, isInherited = false, isLeftOut = (_: Recorded) => false): Promise<void> {
    const effect = this.#effects.of(record, isInherited);
    if (effect !== undefined && !isLeftOut(effect)) await this.#lines.add(JSON.stringify(effect));
  }

  /** All of it is there now. */
  async close(): Promise<void> {
    await this.#lines.close();
  }

  /** Of the folder, whether or not it was closed. */
  async remove(): Promise<void> {
    await this.#lines.remove();
  }
}
