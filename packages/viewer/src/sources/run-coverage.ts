import { openJournal, type RLMJournalRecord, type RLMRecordedContext } from 'rlm-bridge/journal';
import { CoverageFold } from '../coverage/coverage-fold.ts';
import { WindowIndex } from '../coverage/window-index.ts';
import type { CoverageView } from '../model/coverage-view.ts';
import { textRef } from '../texts/text-ref.ts';
import { type ContextTexts, contextTexts } from './context-texts.ts';
import { readRests } from './read-rests.ts';
import type { RunPlace } from './run-place.ts';

/** Numbers of the texts of documents: no text of a journal has one as high. */
const FIRST_DOCUMENT = 2 ** 40;

const CUT = 'The context repeats itself: of some prompts not every place that has the same text is shown.';

/** Which call of a run read which part of its context, as far as its journal goes: read on as it grows. */
export class RunCoverage {
  readonly #place: RunPlace;
  readonly #journal: ReturnType<typeof openJournal>;
  #context: RLMRecordedContext | null = null;
  #found: ContextTexts | null = null;
  #fold: CoverageFold | null = null;
  #isIn = false;
  /** Whether something was read since the last view. */
  #isNew = true;
  #hasRests = false;

  constructor(place: RunPlace) {
    this.#place = place;
    this.#journal = openJournal(place.store, place.journalId);
  }

  /**
   * Compares the prompts that are new, as long as that is wanted. `isWhole`: also for the last few characters of documents, for
   * which all are read again.
   * @returns whether there is more than before; null: it stopped, and goes on from there the next time
   * @throws {RLMError} (as a rejection) as reading the journal does.
   */
  async update(isWhole: boolean, isWanted: () => boolean): Promise<boolean | null> {
    if (!isWanted()) return null;
    for await (const record of this.#journal.rest()) {
      await this.#take(record);
      if (!isWanted()) return null;
    }
    if (isWhole && !this.#hasRests && this.#fold !== null) {
      this.#hasRests = true;
      if (await readRests(this.#place, this.#fold)) this.#isNew = true;
    }
    const isNew = this.#isNew;
    this.#isNew = false;
    return isNew;
  }

  /** The text of a document by its number; undefined: it is none of a document that is there. */
  textOf(id: number): string | undefined {
    return this.#found?.documents[id - FIRST_DOCUMENT]?.text ?? undefined;
  }

  /**
   * What was read; null: the run has no context. `measured`: what the run itself said of it at its end, which holds; while it goes
   * on, it has read more since.
   */
  view(measured: CoverageView | null, required: number | null): CoverageView | null {
    const [fold, found] = [this.#fold, this.#found];
    if (fold === null || found === null) return null;
    const documents = found.documents.map(({ name, text }, place) => ({
      name,
      chars: text?.length ?? measured?.documents[place]?.chars ?? 0,
      text: text === null ? null : textRef(FIRST_DOCUMENT + place, text),
      fraction: measured?.documents[place]?.fraction ?? (text === null ? null : shareOf(fold.seen(place), text.length)),
    }));
    const chars = documents.reduce((sum, document) => sum + document.chars, 0);
    const share = (role?: 'root' | 'sub') =>
      shareOf(
        documents.reduce((sum, _, place) => sum + fold.seen(place, role), 0),
        chars,
      );
    const isKnown = documents.length > 0;
    return {
      chars: measured?.chars ?? chars,
      fraction: measured?.fraction ?? (isKnown ? share() : null),
      byRole: measured?.byRole ?? (isKnown ? { root: share('root'), sub: share('sub') } : null),
      required,
      documents: isKnown ? documents : (measured?.documents ?? []),
      reads: [...fold.reads],
      incomplete: found.missing ?? (fold.isCut ? CUT : null),
    };
  }

  async #take(record: RLMJournalRecord): Promise<void> {
    const { turn } = this.#place;
    if (record.record === 'run') await this.#begin(record.context);
    else if (record.record === 'turn') {
      // A turn that brings no context has the one before.
      if (turn === undefined || record.turn <= turn) this.#context = record.context ?? this.#context;
      this.#isIn = false;
      if (turn === undefined || record.turn === turn) await this.#begin(this.#context);
    } else if (this.#isIn && record.record === 'call.intent') this.#fold?.ask(record);
    else if (this.#isIn && record.record === 'call.reply' && this.#fold?.reply(record) === true) {
      this.#isNew = true;
      this.#hasRests = false;
    }
  }

  async #begin(context: RLMRecordedContext | null): Promise<void> {
    const { store, journalId } = this.#place;
    this.#context = context;
    this.#isIn = true;
    this.#isNew = true;
    this.#hasRests = false;
    this.#found = context === null ? null : await contextTexts(store, journalId, context);
    const texts = this.#found?.documents.map(({ text }) => text ?? '');
    this.#fold = texts === undefined ? null : new CoverageFold(texts, await WindowIndex.inTurns(texts));
  }
}

function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
