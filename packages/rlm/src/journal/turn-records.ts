import type { JournalRecord, JournalSession, JournalTurn } from '@rlm-bridge/protocol';
import type { RunStore } from '../api/run-store.ts';
import { isRun } from './journal-faults.ts';
import { type Header, readJournal } from './journal-reader.ts';

/** A record of a turn, as it would stand in a journal of the turn's own. */
export interface TurnRecord {
  turn: number;
  record: JournalRecord;
}

/** Reads the records of a session as those of the runs that its turns are. */
export class TurnRecords {
  #session: JournalSession | undefined;
  #turn = 0;
  #next = 0;

  /** What a record is to its turn; undefined: it is the session's. @throws {RLMError} `run_mismatch` for a run's journal. */
  take(record: JournalRecord): TurnRecord | undefined {
    if (record.record === 'run') throw isRun(record.runId);
    if (record.record === 'session') this.#session = record;
    if (record.record === 'session' || record.record === 'closed' || this.#session === undefined) return undefined;
    if (record.record === 'turn') {
      this.#turn = record.turn;
      this.#next = 0;
    }
    const placed = record.record === 'turn' ? headerOf(this.#session, record) : record;
    this.#next += 1;
    return { turn: this.#turn, record: { ...placed, n: this.#next - 1 } };
  }
}

/** What `random` begins with in a turn. */
export function seedsOf({ seeds }: Pick<JournalSession, 'seeds'>, turn: number): Header['seeds'] {
  return { hash: seeds.hash, random: `${seeds.random}/${turn}` };
}

/** The records of one turn, as those of a journal of its own. */
export async function* readTurn(store: RunStore, sessionId: string, turn: number): AsyncGenerator<JournalRecord> {
  const records = new TurnRecords();
  for await (const record of readJournal(store, sessionId)) {
    const placed = records.take(record);
    if (placed?.turn === turn) yield placed.record;
  }
}

function headerOf(session: JournalSession, turn: JournalTurn): Header {
  const { format, versions, sessionId } = session;
  const { at, runId, context } = turn;
  const spec = { ...session.spec, ...turn.spec, session: sessionId };
  return {
    record: 'run',
    ...{ n: 0, at, format, runId, versions, context, spec },
    seeds: seedsOf(session, turn.turn),
    forkedFrom: null,
  };
}
