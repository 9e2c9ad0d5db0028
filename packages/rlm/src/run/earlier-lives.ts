import type { JournalRecord } from '@rlm-bridge/protocol';
import type { AnswerCheck } from '../host/answer-check.ts';
import type { Divergence } from '../journal/divergences.ts';
import { isInherited } from '../journal/journal-state.ts';
import type { KnownEvents } from '../journal/known-events.ts';
import { RecordedEffects } from '../journal/recorded-effects.ts';
import { fromJournalEnd } from '../journal/run-ends.ts';
import { eventOf } from '../journal/told-event.ts';
import { toLastEvent } from '../worker/run-end.ts';
import { RecordedFile } from './recorded-file.ts';
import type { RunEvents } from './run-events.ts';

type Verdict = Extract<JournalRecord, { record: 'verdict' }>;

/** What a run did before this process took it. */
export class EarlierLives {
  readonly #read: () => AsyncIterable<JournalRecord>;
  readonly #events: RunEvents;
  readonly #past: number;

  /** `past`: how many records are of earlier lives; what stands after them is of this one. */
  constructor(read: () => AsyncIterable<JournalRecord>, events: RunEvents, past: number) {
    this.#read = read;
    this.#events = events;
    this.#past = past;
  }

  /**
   * Tells all of it again, and writes for the worker what it did, into a file of `folder`. Gives the file's path.
   * `divergences`: all that are in the journal.
   */
  async takeUp(
    folder: string,
    known: KnownEvents,
    answers: AnswerCheck,
    divergences: readonly Divergence[],
  ): Promise<string> {
    const recorded = await RecordedFile.create(folder, new RecordedEffects(divergences));
    try {
      await this.#tell(answers, async (record, inherited) => {
        known.note(record);
        await recorded.take(record, inherited);
      });
    } finally {
      await recorded.close();
    }
    return recorded.path;
  }

  /** Tells all of it again, of a run that has its result. */
  async recall(answers: AnswerCheck): Promise<void> {
    await this.#tell(answers, async () => {});
  }

  async #tell(answers: AnswerCheck, each: (record: JournalRecord, inherited: boolean) => Promise<void>): Promise<void> {
    let inherits = (_: JournalRecord) => false;
    let accepted: Verdict | undefined;
    for await (const record of this.#read()) {
      if (record.record === 'run') inherits = (other) => isInherited(record, other);
      const inherited = inherits(record);
      if (record.record === 'verdict' && record.accepted !== null) accepted = record;
      this.#tellOne(record, inherited);
      await each(record, inherited);
    }
    if (accepted?.accepted) await answers.recall(accepted.text, accepted.accepted.value);
  }

  #tellOne(record: JournalRecord, inherited: boolean): void {
    const event = eventOf(record);
    if (event !== undefined) {
      if (inherited) this.#events.inherit(event);
      else if (record.n < this.#past) this.#events.recall(event);
      else this.#events.show(event);
    } else if (record.record === 'end' && record.n < this.#past) {
      const end = fromJournalEnd(record.end, record.durationMs);
      this.#events.recallEnd({ ...toLastEvent(this.#events.runId, end), at: record.at });
    }
  }
}
