import type { JournalRecord, WorkerEvent } from '@rlm-bridge/protocol';

/** The event that a record tells of. */
export function eventOf(record: JournalRecord): WorkerEvent | undefined {
  if (record.record === 'event') return record.event;
  return record.record === 'effect' && 'event' in record.effect ? record.effect.event : undefined;
}
