import type { CallIntent, CallTotals, Effect, JournalRecord, Limits } from '@rlm-bridge/protocol';
import { RLMError } from '../api/errors.ts';
import type { RunStore } from '../api/run-store.ts';
import type { Divergence } from './divergences.ts';
import type { JournalCodec } from './journal-codec.ts';
import { type Header, readRun } from './journal-reader.ts';

export type End = Extract<JournalRecord, { record: 'end' }>['end'];

/** What a journal comes to, as far as a next life of its run must know. */
export interface JournalState {
  header: Header;
  /** How many records there are. */
  records: number;
  /** How many processes worked on the run. */
  lives: number;
  /** How many effects the worker of the last life told. */
  told: number;
  /** When the last record was written, in milliseconds since the epoch. */
  lastAt: number;
  /** The limits of the last life; null where none has begun. */
  limits: Limits | null;
  /** How long all lives took together, in milliseconds. */
  aliveMs: number;
  /** How the last life ended; null when it was killed. */
  end: End | null;
  /** How long the run took by its last end's own word, in milliseconds; 0 without one. */
  endedAfterMs: number;
  /** Calls of the run's own whose replies are known. */
  recordedCalls: number;
  /** Calls that were under way when a life was killed, by their names. */
  inFlight: ReadonlyMap<string, CallIntent['event']>;
  /** The ledger after the last call that ended. */
  totals: CallTotals;
  divergences: readonly Divergence[];
}

const NO_TOTALS: CallTotals = {
  calls: 0,
  subCalls: 0,
  inputTokens: 0,
  outputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  costUsd: 0,
};

/** Whether a record is of the run that this one was forked from. */
export function isInherited({ forkedFrom }: Header, { n }: { n: number }): boolean {
  return n > 0 && n <= (forkedFrom?.records ?? 0);
}

/**
 * Reads a whole journal and checks it; null when there is none, or nothing in it. `codec`: what goes on where it ends.
 * @throws {RLMError} (as a rejection) as `readRun`
 */
export async function readState(store: RunStore, runId: string, codec?: JournalCodec): Promise<JournalState | null> {
  const fold = new StateFold();
  try {
    for await (const record of readRun(store, runId, codec)) fold.apply(record);
  } catch (error) {
    if (RLMError.isInstance(error) && error.code === 'run_not_found') return null;
    throw error;
  }
  return fold.state;
}

/** Folds the records of a run into what they come to. */
export class StateFold {
  #header: Header | undefined;
  #records = 0;
  #lives = 0;
  #told = 0;
  #limits: Limits | null = null;
  #aliveMs = 0;
  #lastAt = 0;
  #end: End | null = null;
  #endedAfterMs = 0;
  #recordedCalls = 0;
  #totals = NO_TOTALS;
  readonly #inFlight = new Map<string, CallIntent['event']>();
  readonly #divergences: Divergence[] = [];

  apply(record: JournalRecord): void {
    this.#records += 1;
    if (record.record === 'run') this.#header = record;
    if (record.record === 'life') this.#begin(record);
    else if (this.#lives > 0) this.#aliveMs += Math.max(0, record.at - this.#lastAt);
    this.#lastAt = Math.max(this.#lastAt, record.at);
    if (record.record === 'end') {
      this.#end = record.end;
      this.#endedAfterMs = record.durationMs;
    }
    if (record.record === 'event' && record.event.type === 'replay.diverged') {
      const { node, iteration, codeBlock } = record.event;
      this.#divergences.push({ node, iteration, codeBlock, n: record.n });
    }
    // What a life says of the one before it stands before its word that it goes on.
    if (record.record === 'event' && record.event.type === 'run.resumed') this.#told = 0;
    if (record.record === 'effect') this.#told += 1;
    if (record.record === 'effect' && this.#header !== undefined && !isInherited(this.#header, record)) {
      this.#applyEffect(record.effect);
    }
  }

  get state(): JournalState | null {
    if (this.#header === undefined) return null;
    return {
      header: this.#header,
      records: this.#records,
      lives: this.#lives,
      told: this.#told,
      lastAt: this.#lastAt,
      limits: this.#limits,
      aliveMs: this.#aliveMs,
      end: this.#end,
      endedAfterMs: this.#endedAfterMs,
      recordedCalls: this.#recordedCalls,
      inFlight: this.#inFlight,
      totals: this.#totals,
      divergences: this.#divergences,
    };
  }

  #begin({ life, limits }: Extract<JournalRecord, { record: 'life' }>): void {
    this.#lives = life;
    this.#told = 0;
    this.#limits = limits;
    this.#end = null;
  }

  #applyEffect(effect: Effect): void {
    if (effect.kind === 'call.intent') this.#inFlight.set(effect.event.call, effect.event);
    if (effect.kind !== 'call.reply') return;
    this.#inFlight.delete(effect.event.call);
    this.#recordedCalls += 1;
    this.#totals = effect.event.totals;
  }
}
