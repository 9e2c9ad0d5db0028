import type { CoverageView } from '../model/coverage-view.ts';
import { BLOCKS, type FiledRun, PART_CHARS } from '../model/filed.ts';
import type { RunView } from '../model/run-view.ts';
import type { TextRef } from '../model/texts.ts';
import type { ViewSource } from '../model/view-source.ts';
import { dataBlock } from './data-block.ts';
import { textRefsOf } from './text-refs.ts';

/** A run on its way into a file: its outline first, then its texts, which are read as they are written. */
export class RunFiling {
  readonly #source: ViewSource;
  readonly #id: string;
  readonly #place: number;
  readonly #texts: TextRef[];
  readonly outline: FiledRun;

  private constructor(source: ViewSource, id: string, place: number, view: RunView) {
    this.#source = source;
    this.#id = id;
    this.#place = place;
    this.#texts = textRefsOf(view);
    const begins: FiledRun['texts'] = {};
    let chars = 0;
    for (const text of this.#texts) {
      begins[text.id] = chars;
      chars += text.chars;
    }
    this.outline = { view, texts: begins };
  }

  /** `contextChars`: of contexts with more characters the texts of documents are left out, the longest first. */
  static async begin(source: ViewSource, id: string, place: number, contextChars: number): Promise<RunFiling> {
    const view = await source.readRun(id, true);
    return new RunFiling(source, id, place, withoutLongContext(view, contextChars));
  }

  outlineBlock(): Promise<string> {
    return dataBlock(BLOCKS.run(this.#place), this.outline);
  }

  async *textBlocks(): AsyncGenerator<string, void, void> {
    let part = '';
    let count = 0;
    for (const text of this.#texts) {
      for (let start = 0; start < text.chars; ) {
        const end = Math.min(text.chars, start + PART_CHARS - part.length);
        const piece = await this.#source.readText(this.#id, text, start, end);
        if (piece.length !== end - start) throw new Error(`A text of run ${this.#id} is not as long as it was.`);
        part += piece;
        start = end;
        if (part.length < PART_CHARS) continue;
        yield await dataBlock(BLOCKS.part(this.#place, count), part);
        count += 1;
        part = '';
      }
    }
    if (part !== '') yield await dataBlock(BLOCKS.part(this.#place, count), part);
  }
}

function withoutLongContext(view: RunView, most: number): RunView {
  const { coverage } = view.head;
  if (coverage === null || coverage.chars <= most) return view;
  return { ...view, head: { ...view.head, coverage: shortened(coverage, most) } };
}

function shortened(coverage: CoverageView, most: number): CoverageView {
  let left = most;
  const kept = new Set<number>();
  const bySize = [...coverage.documents.entries()].sort(([, a], [, b]) => a.chars - b.chars);
  for (const [place, { chars }] of bySize) {
    if (chars > left) break;
    left -= chars;
    kept.add(place);
  }
  const documents = coverage.documents.map((document, place) =>
    kept.has(place) ? document : { ...document, text: null },
  );
  const count = documents.length - kept.size;
  const told = `The texts of ${count} of ${documents.length} documents are left out of this file, for their size.`;
  return { ...coverage, documents, incomplete: [coverage.incomplete, told].filter((text) => text !== null).join(' ') };
}
