import type { RunStore } from 'rlm-bridge';
import { type RLMJournalRecord, readJournal } from 'rlm-bridge/journal';
import type { RunPlace } from './run-place.ts';

/** The records of a run, or of one turn of a session: without a number, the last one. */
export async function* recordsOf({
  store,
  journalId,
  turn,
}: RunPlace): AsyncGenerator<RLMJournalRecord, void, undefined> {
  const wanted = turn ?? (await lastTurn(store, journalId));
  let isIn = wanted === null;
  for await (const record of readJournal(store, journalId)) {
    if (record.record === 'turn') isIn = record.turn === wanted;
    if (isIn) yield record;
  }
}

/** Null: it is no session. */
async function lastTurn(store: RunStore, journalId: string): Promise<number | null> {
  let last: number | null = null;
  for await (const record of readJournal(store, journalId)) {
    if (record.record === 'run') return null;
    if (record.record === 'turn') last = record.turn;
  }
  return last;
}
