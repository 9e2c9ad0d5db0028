import type { RunStore, StoredRun } from 'rlm-bridge';
import { readJournal } from 'rlm-bridge/journal';
import { JournalFold } from '../journal/journal-fold.ts';
import type { RunSummary } from '../model/run-summary.ts';
import { summaryOf } from '../model/summary-of.ts';
import { textRef } from '../texts/text-ref.ts';
import type { TextTable } from '../texts/text-table.ts';

/** Of a longer journal, a list says what its first records do. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Records after which enough of a run is known to tell what it was asked. */
const FIRST_RECORDS = 3;

/** Texts that nobody will ask for. */
const HEADS: TextTable = {
  add: (text) => textRef(0, text),
  change: ({ id }, text) => textRef(id, text),
};

/** What a list says of a journal that was not read. */
export function unreadSummary({ runId, createdAt, changedAt, bytes, isLeased }: StoredRun): RunSummary {
  return {
    ...{ id: runId, origin: 'journal', status: isLeased ? 'running' : null, query: null, rootModel: null },
    ...{ startedAt: createdAt.getTime(), changedAt: changedAt.getTime(), bytes, costUsd: null, durationMs: null },
  };
}

/** What a list says of a journal: a line for a run, and one for each turn of a session, the newest first. */
export async function readSummaries(store: RunStore, run: StoredRun): Promise<RunSummary[]> {
  const { runId, bytes, isLeased } = run;
  const times = { bytes, changedAt: run.changedAt.getTime() };
  const summaries: RunSummary[] = [];
  const fold = new JournalFold(HEADS);
  const finish = (isWritten: boolean, isWhole = true) => {
    const view = fold.view(isWritten);
    if (view === null) return;
    const summary = summaryOf(view, times);
    const isKnown = isWhole || isWritten;
    summaries.unshift(isKnown ? summary : { ...summary, status: null, costUsd: null, durationMs: null });
  };
  let records = 0;
  let turns = 0;
  for await (const record of readJournal(store, runId)) {
    if (record.record === 'turn') {
      if (turns > 0) finish(false);
      turns += 1;
    }
    fold.apply(record);
    records += 1;
    if (bytes > MOST_BYTES && records === FIRST_RECORDS) {
      finish(isLeased, false);
      return summaries;
    }
  }
  finish(isLeased);
  return summaries;
}
