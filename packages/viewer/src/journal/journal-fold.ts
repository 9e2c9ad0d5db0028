import type { RLMJournalRecord, RLMJournalRun, RLMJournalSession, RLMJournalTurn } from 'rlm-bridge/journal';
import type { CoverageView } from '../model/coverage-view.ts';
import type { RunView } from '../model/run-view.ts';
import type { TextTable } from '../texts/text-table.ts';
import { RunFold } from './run-fold.ts';

/** Folds the records of a journal that is a run's, or one turn of a journal that is a session's: without one, the last. */
export class JournalFold {
  readonly #texts: TextTable;
  readonly #turn: number | undefined;
  #session: RLMJournalSession | undefined;
  #fold: RunFold | undefined;
  #isIn = true;
  #hasLeft = false;

  constructor(texts: TextTable, turn?: number) {
    this.#texts = texts;
    this.#turn = turn;
  }

  /** Whether all that belongs to it was applied, as far as is known. */
  get hasEnded(): boolean {
    return this.#hasLeft || (this.#fold?.hasEnded ?? false);
  }

  /** How much of the context was read, as the run itself measured it last. */
  get measuredCoverage(): CoverageView | null {
    return this.#fold?.measuredCoverage ?? null;
  }

  /** How much of it has to be read; null: no such demand. */
  get requiredCoverage(): number | null {
    return this.#fold?.requiredCoverage ?? null;
  }

  apply(record: RLMJournalRecord): void {
    if (record.record === 'run') this.#fold = new RunFold(record, this.#texts);
    else if (record.record === 'session') this.#session = record;
    else if (record.record === 'turn') this.#begin(record);
    else if (record.record !== 'closed' && this.#isIn) this.#fold?.apply(record);
  }

  /** Null: nothing of it was applied yet. `isWritten`: whether a process works on the journal. */
  view(isWritten: boolean): RunView | null {
    return this.#fold?.view(isWritten && !this.#hasLeft) ?? null;
  }

  #begin(turn: RLMJournalTurn): void {
    this.#isIn = this.#turn === undefined || turn.turn === this.#turn;
    this.#hasLeft = !this.#isIn && this.#fold !== undefined;
    if (!this.#isIn || this.#session === undefined) return;
    this.#fold = new RunFold(headerOf(this.#session, turn), this.#texts, {
      session: this.#session.sessionId,
      turn: turn.turn,
    });
  }
}

/** What would be the first record of a turn, if it had a journal of its own. */
function headerOf(session: RLMJournalSession, { n, at, runId, context, spec }: RLMJournalTurn): RLMJournalRun {
  const { format, versions, sessionId } = session;
  const whole = { ...session.spec, ...spec, session: sessionId };
  return { record: 'run', n, at, format, runId, versions, context, spec: whole, forkedFrom: null };
}
