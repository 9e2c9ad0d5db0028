import { RLMError, type RunStore } from 'rlm-bridge';
import { openJournal, readJournal } from 'rlm-bridge/journal';
import { JournalFold } from '../journal/journal-fold.ts';
import type { CoverageView } from '../model/coverage-view.ts';
import type { RunView } from '../model/run-view.ts';
import type { TextRef } from '../model/texts.ts';
import { KeptTexts } from '../texts/text-table.ts';
import { FoundTexts } from './found-texts.ts';
import { RunCoverage } from './run-coverage.ts';

/** Characters of a run's texts that stay in memory; others are read again from its journal. */
const KEPT_CHARS = 32_000_000;

/** A run of a store that somebody looks at. */
export class OpenedRun {
  /** The run or session whose journal it is in. */
  readonly journalId: string;
  readonly #store: RunStore;
  readonly #turn: number | undefined;
  readonly #journal: ReturnType<typeof openJournal>;
  readonly #keptChars: number;
  readonly #texts: KeptTexts;
  readonly #fold: JournalFold;
  #view: RunView | null = null;
  #fault: RLMError | null = null;
  #updating: Promise<RunView> | null = null;
  readonly #coverage: RunCoverage;
  #covering: Promise<RunView> | null = null;
  /** Who waits for what each call read. */
  readonly #coverWishes = new Set<{ signal: AbortSignal | undefined }>();
  /** Which call read what, as far as it was looked for. */
  #found: CoverageView | null = null;
  /** What the run itself had said of it then. */
  #measured: CoverageView | null = null;

  /** @param id Of a run, or of a session with `#` and the turn. */
  constructor(store: RunStore, id: string, keptChars = KEPT_CHARS) {
    const [journalId = '', turn] = id.split('#');
    this.journalId = journalId;
    this.#store = store;
    this.#turn = turn === undefined ? undefined : Number(turn);
    this.#journal = openJournal(store, journalId);
    this.#keptChars = keptChars;
    this.#texts = new KeptTexts(keptChars);
    this.#fold = new JournalFold(this.#texts, this.#turn);
    this.#coverage = new RunCoverage({ store, journalId, turn: this.#turn });
  }

  /** Whether nothing more will come of it. */
  get isOver(): boolean {
    return this.#fault !== null || this.#fold.hasEnded;
  }

  /**
   * The run as it is now; the same object as long as it is the same. `isWritten`: whether a process worked on it a moment ago.
   * @throws {RLMError} (as a rejection) what reading the journal does, when nothing of the run can be shown.
   */
  async update(isWritten: () => Promise<boolean>): Promise<RunView> {
    this.#updating ??= this.#readOn(isWritten).finally(() => {
      this.#updating = null;
    });
    return await this.#updating;
  }

  /**
   * The run with what each call read of its context so far, which takes a while; as it is where nothing of that can be known, or
   * where it is the same. Of a run that was updated. `isWhole`: see `RunCoverage`. Once nobody wants it any more it stops, and goes
   * on from there the next time.
   */
  async cover(isWhole: boolean, signal?: AbortSignal): Promise<RunView> {
    const wish = { signal };
    this.#coverWishes.add(wish);
    this.#covering ??= this.#cover(isWhole).finally(() => {
      this.#covering = null;
    });
    try {
      return await this.#covering;
    } finally {
      this.#coverWishes.delete(wish);
    }
  }

  async #cover(isWhole: boolean): Promise<RunView> {
    const view = this.#view ?? this.#shown(false);
    if (this.#fault !== null) return view;
    // Until it ends, it reads more than it has measured of itself.
    const measured = this.#fold.hasEnded ? this.#fold.measuredCoverage : null;
    const isNew = await this.#coverage.update(isWhole, () => this.#isCoverWanted);
    if (isNew === null) return this.#view ?? view;
    if (isNew || measured !== this.#measured) {
      this.#measured = measured;
      this.#found = this.#coverage.view(measured, this.#fold.requiredCoverage);
      this.#view = this.#withCoverage(this.#view ?? view);
    }
    return this.#view ?? view;
  }

  get #isCoverWanted(): boolean {
    return [...this.#coverWishes].some(({ signal }) => signal?.aborted !== true);
  }

  #withCoverage(view: RunView): RunView {
    return this.#found === null ? view : { ...view, head: { ...view.head, coverage: this.#found } };
  }

  /** A text of it. @throws {RLMError} (as a rejection) */
  async readText({ id, chars }: TextRef): Promise<string> {
    const document = this.#coverage.textOf(id);
    if (document !== undefined) return document;
    const kept = this.#texts.find(id);
    if (kept !== undefined && kept.length >= chars) return kept;
    const found = new FoundTexts({ id, chars }, this.#keptChars);
    const fold = new JournalFold(found, this.#turn);
    for await (const record of readJournal(this.#store, this.journalId)) {
      fold.apply(record);
      if (found.isFull) break;
    }
    for (const [at, text] of found.texts) {
      // What is in memory is as it was told last.
      if (at === id || this.#texts.find(at) === undefined) this.#texts.keep(at, text);
    }
    const text = found.texts.get(id);
    if (text === undefined) throw new RLMError('invalid_options', `The run has no text ${id}. Load the page again.`);
    return text;
  }

  async #readOn(isWritten: () => Promise<boolean>): Promise<RunView> {
    // Asked first: what was written until then is read below.
    const isGoingOn = !this.isOver && (await isWritten());
    let records = 0;
    try {
      if (!this.isOver || this.#view === null) {
        for await (const record of this.#journal.rest()) {
          this.#fold.apply(record);
          records += 1;
        }
      }
    } catch (error) {
      if (!RLMError.isInstance(error)) throw error;
      this.#fault = error;
    }
    const isSame = records === 0 && this.#fault === null && isGoingOn === (this.#view?.head.status === 'running');
    if (this.#view === null || !isSame) this.#view = this.#withCoverage(this.#shown(isGoingOn));
    return this.#view;
  }

  #shown(isWritten: boolean): RunView {
    const view = this.#fold.view(isWritten && this.#fault === null);
    if (view === null) {
      const what = this.#turn === undefined ? `Run "${this.journalId}"` : `Turn ${this.#turn} of "${this.journalId}"`;
      throw this.#fault ?? new RLMError('run_not_found', `${what} has nothing in its journal yet.`);
    }
    if (this.#fault === null) return view;
    const remark = { at: null, level: 'error', text: `What follows is not shown. ${this.#fault.message}` } as const;
    return { ...view, remarks: [...view.remarks, remark] };
  }
}
