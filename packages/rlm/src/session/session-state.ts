import type { JournalRecord, JournalSession } from '@rlm-bridge/protocol';
import { RLMError } from '../api/errors.ts';
import type { RLMResultBase } from '../api/result.ts';
import type { RunStore } from '../api/run-store.ts';
import type { Place } from '../journal/divergences.ts';
import type { JournalCodec } from '../journal/journal-codec.ts';
import { readJournal } from '../journal/journal-reader.ts';
import { type JournalState, StateFold } from '../journal/journal-state.ts';
import { eventOf } from '../journal/told-event.ts';
import { TurnRecords } from '../journal/turn-records.ts';
import { ResultFold } from '../run/result-fold.ts';

/** Reasons of turns that took the REPL with them. */
const END_OF_A_REPL = ['environment_error', 'worker_exit'];

/** A turn that a journal has. */
export interface KeptTurn {
  /** From 1. */
  number: number;
  state: JournalState;
  /** What it came to so far. */
  spent: Pick<RLMResultBase, 'iterations' | 'subCalls' | 'costUsd' | 'usage'>;
  /** Whether anything of it is in the REPL, or in a model's bill. */
  hasActed: boolean;
  /** Code blocks that ended with their REPL, by `keyOf`: they would end it again. */
  deadly: ReadonlySet<string>;
}

/** Whether a turn counts: one that was refused before it ran does not. */
export function ranAtAll({ state: { end } }: KeptTurn): boolean {
  return end?.kind !== 'failed' || end.stopReason !== null;
}

/** A code block by its place. */
export function keyOf({ node, iteration, codeBlock }: Place): string {
  return `${node} ${iteration} ${codeBlock}`;
}

/** What the journal of a session comes to. */
export interface SessionState {
  header: JournalSession;
  /** How many records there are. */
  records: number;
  turns: KeptTurn[];
}

/**
 * Reads the whole journal of a session and checks it; null when there is none, or nothing in it. `codec`: what goes on
 * where it ends.
 * @throws {RLMError} (as a rejection) as `readJournal`, and `run_mismatch` when it is a run's.
 */
export async function readSession(
  store: RunStore,
  sessionId: string,
  codec: JournalCodec,
): Promise<SessionState | null> {
  const records = new TurnRecords();
  const turns: KeptTurn[] = [];
  let current: TurnFold | undefined;
  let header: JournalSession | undefined;
  let count = 0;
  try {
    for await (const record of readJournal(store, sessionId, codec)) {
      count += 1;
      if (record.record === 'session') header = record;
      const placed = records.take(record);
      if (placed === undefined) continue;
      if (placed.turn !== current?.number) {
        if (current !== undefined) turns.push(current.kept);
        current = new TurnFold(placed.turn);
      }
      current.apply(placed.record);
    }
  } catch (error) {
    if (RLMError.isInstance(error) && error.code === 'run_not_found') return null;
    throw error;
  }
  if (current !== undefined) turns.push(current.kept);
  return header === undefined ? null : { header, records: count, turns };
}

class TurnFold {
  readonly number: number;
  readonly #state = new StateFold();
  readonly #result = new ResultFold('');
  readonly #open = new Set<string>();
  #hasActed = false;

  constructor(number: number) {
    this.number = number;
  }

  apply(record: JournalRecord): void {
    this.#state.apply(record);
    if (record.record === 'run') this.#result.priceTable = record.versions.priceTable;
    const event = eventOf(record);
    if (event === undefined) return;
    this.#result.apply(event);
    if (event.type === 'context.loaded' || event.type === 'call.started') this.#hasActed = true;
    if (event.type === 'codeBlock.started') this.#open.add(keyOf(event));
    if (event.type === 'codeBlock.completed') this.#open.delete(keyOf(event));
  }

  get kept(): KeptTurn {
    const { state } = this.#state;
    if (state === null) throw new TypeError('A turn begins with its header.');
    const { end } = state;
    const isDead = end?.kind === 'failed' && END_OF_A_REPL.some((reason) => reason === end.stopReason);
    const deadly = isDead ? this.#open : new Set<string>();
    return { number: this.number, state, spent: this.#result.spent, hasActed: this.#hasActed, deadly };
  }
}
