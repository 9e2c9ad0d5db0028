import './require-node.ts';
import type { RLMJournalRecord } from './api/journal-records.ts';
import type { RunStore } from './api/run-store.ts';
import { followJournal as follow } from './journal/follow-journal.ts';
import { JournalReading, readJournal as read } from './journal/journal-reader.ts';
import { toPublicRecord } from './run/to-public-record.ts';

export type {
  RLMJournalChild,
  RLMJournalClosed,
  RLMJournalCutBlock,
  RLMJournalEnd,
  RLMJournalEntry,
  RLMJournalEvent,
  RLMJournalIntent,
  RLMJournalLife,
  RLMJournalPlace,
  RLMJournalRecord,
  RLMJournalReply,
  RLMJournalRun,
  RLMJournalSession,
  RLMJournalTool,
  RLMJournalTurn,
  RLMJournalVerdict,
} from './api/journal-records.ts';
export type {
  RLMRecordedContext,
  RLMRecordedLimits,
  RLMRecordedModel,
  RLMRecordedOptions,
  RLMRecordedVersions,
} from './api/recorded-run.ts';

/**
 * The records of a journal as it is now, in order, each checked and whole: of texts that stand in pieces, and of what goes
 * without saying in a line, nothing is left to look up. What it keeps in memory is bounded, whatever the journal's size.
 * @param runId Id of the run, or of the session.
 * @throws {RLMError} (while iterating) `run_not_found`, `journal_corrupted` with the number of the line,
 *   `journal_unsupported` for a newer format, `store_failed`, `invalid_options`.
 * @example
 * ```ts
 * import { fileStore } from 'rlm-bridge';
 * import { readJournal } from 'rlm-bridge/journal';
 *
 * for await (const record of readJournal(fileStore('./runs'), 'harbour-1')) {
 *   if (record.record === 'call.reply') console.log(record.event.call, record.text);
 * }
 * ```
 */
export async function* readJournal(store: RunStore, runId: string): AsyncGenerator<RLMJournalRecord, void, undefined> {
  for await (const record of read(store, runId)) yield toPublicRecord(record);
}

/** A journal that is read on whenever there may be more of it. */
export interface RLMJournalReader {
  /**
   * The records that are there by now, after those that it gave before; nothing when there are no more.
   * @throws {RLMError} (while iterating) as `readJournal`; it is of no use after that.
   */
  rest(): AsyncGenerator<RLMJournalRecord, void, undefined>;
}

/**
 * Opens a journal to read it bit by bit: what `followJournal` is made of, for whoever asks for more in a rhythm of their own.
 * @param runId Id of the run, or of the session.
 */
export function openJournal(store: RunStore, runId: string): RLMJournalReader {
  const reading = new JournalReading(store, runId);
  return {
    async *rest() {
      for await (const record of reading.rest()) yield toPublicRecord(record);
    },
  };
}

/** How a journal is followed. */
export interface RLMFollowOptions {
  /** Ends it, without an error. */
  signal?: AbortSignal | undefined;
}

/**
 * The same of a run that goes on: what is there first, then each record some 200 milliseconds after it was written. It
 * ends when nobody works on the run any more, whether it came to an end or was killed; a session ends when no process has
 * it open. What only the file beside the journal has is seen once it is in the journal.
 * @param runId Id of the run, or of the session.
 * @throws {RLMError} (while iterating) as `readJournal`.
 */
export async function* followJournal(
  store: RunStore,
  runId: string,
  { signal }: RLMFollowOptions = {},
): AsyncGenerator<RLMJournalRecord, void, undefined> {
  for await (const record of follow(store, runId, signal)) yield toPublicRecord(record);
}
