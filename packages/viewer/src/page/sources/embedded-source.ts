import type { AssessmentView } from '../../model/assessment-view.ts';
import { BLOCKS, type Filed, type FiledRun, PART_CHARS } from '../../model/filed.ts';
import type { RunSummary } from '../../model/run-summary.ts';
import type { RunView } from '../../model/run-view.ts';
import type { TextRef } from '../../model/texts.ts';
import type { ViewSource } from '../../model/view-source.ts';
import { readBlock } from './data-block.ts';

/** How many parts of texts are kept read: some 2 MB each. */
const KEPT_PARTS = 16;

/** What stands in the file that the page is in. */
export class EmbeddedSource implements ViewSource {
  readonly isLive = false;
  readonly #document: Document;
  readonly #file: Promise<Filed>;
  readonly #runs = new Map<number, Promise<FiledRun>>();
  /** By block, the one asked for last at the end. */
  readonly #parts = new Map<string, Promise<string>>();

  constructor(document: Document) {
    this.#document = document;
    this.#file = readBlock(document, BLOCKS.file);
  }

  static isIn(document: Document): boolean {
    return document.getElementById(BLOCKS.file) !== null;
  }

  async listRuns(): Promise<RunSummary[]> {
    return (await this.#file).runs;
  }

  async readRun(id: string): Promise<RunView> {
    return (await this.#run(await this.#placeOf(id))).view;
  }

  async followRun(id: string, onRun: (view: RunView) => void): Promise<void> {
    onRun(await this.readRun(id));
  }

  async readText(runId: string, text: TextRef, start = 0, end = text.chars): Promise<string> {
    const place = await this.#placeOf(runId);
    const begin = (await this.#run(place)).texts[text.id] ?? null;
    if (begin === null) throw new Error('This text was left out of the file, for its size.');
    const [first, last] = [begin + start, begin + Math.min(end, text.chars)];
    const pieces: string[] = [];
    for (let part = Math.floor(first / PART_CHARS); part * PART_CHARS < last; part += 1) {
      const chars = await this.#part(BLOCKS.part(place, part));
      pieces.push(chars.slice(Math.max(first - part * PART_CHARS, 0), last - part * PART_CHARS));
    }
    return pieces.join('');
  }

  async readAssessment(): Promise<AssessmentView | null> {
    return (await this.#file).assessment;
  }

  async #placeOf(id: string): Promise<number> {
    const place = (await this.#file).runs.findIndex((run) => run.id === id);
    if (place < 0) throw new Error(`The file has no run ${id}.`);
    return place;
  }

  #run(place: number): Promise<FiledRun> {
    const run = this.#runs.get(place) ?? readBlock<FiledRun>(this.#document, BLOCKS.run(place));
    this.#runs.set(place, run);
    return run;
  }

  #part(block: string): Promise<string> {
    const part = this.#parts.get(block) ?? readBlock<string>(this.#document, block);
    this.#parts.delete(block);
    this.#parts.set(block, part);
    const [oldest] = this.#parts.keys();
    if (this.#parts.size > KEPT_PARTS && oldest !== undefined) this.#parts.delete(oldest);
    return part;
  }
}
