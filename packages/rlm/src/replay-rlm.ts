import { RLMError } from './api/errors.ts';
import type { RLMEvent } from './api/events.ts';
import type { RLMReplayOptions } from './api/go-on-options.ts';
import { readJournal } from './journal/journal-reader.ts';
import { fromJournalEnd } from './journal/run-ends.ts';
import { eventOf } from './journal/told-event.ts';
import { toPublicEvent } from './run/to-public-event.ts';
import { toLastEvent } from './worker/run-end.ts';

/**
 * The events of a run of a store as they were, from its journal alone: no worker, no model, no network. Of a run that was
 * resumed, those of all its lives in order, each ended by its last event where it could say one. A run that goes on may be
 * read, too: what is written by then. Of a session, those of all its turns, each with the id of its own run.
 * @param runId Id of the run, or of the session.
 * @throws {RLMError} (while iterating) `run_not_found`, `journal_corrupted`, `journal_unsupported`, `store_failed`,
 *   `invalid_options`.
 * @example
 * ```ts
 * for await (const event of replayRLM('invoice-4711', { store: fileStore('./runs') })) console.log(event.type);
 * ```
 */
export async function* replayRLM(
  runId: string,
  { store }: RLMReplayOptions,
): AsyncGenerator<RLMEvent, void, undefined> {
  let isEmpty = true;
  let run = runId;
  for await (const record of readJournal(store, runId)) {
    isEmpty = false;
    if (record.record === 'turn') run = record.runId;
    const event = eventOf(record);
    if (event !== undefined) yield toPublicEvent(event);
    if (record.record !== 'end') continue;
    const end = fromJournalEnd(record.end, record.durationMs);
    yield { ...toLastEvent(run, end), at: record.at };
  }
  if (isEmpty) throw new RLMError('run_not_found', `Nothing of run "${runId}" is written in this store yet.`);
}
