import type { CallIntent, CallReply, JournalRecord } from '@rlm-bridge/protocol';
import type { RLMCallCompletedEvent, RLMCallStartedEvent } from '../api/events.ts';
import type { RLMJournalRecord } from '../api/journal-records.ts';
import { toPublicEvent } from './to-public-event.ts';

/** A record as the public sees it: an effect is a record by its own name. */
export function toPublicRecord(record: JournalRecord): RLMJournalRecord {
  const { n, at } = record;
  if (record.record === 'event') return { record: 'event', n, at, event: toPublicEvent(record.event) };
  if (record.record !== 'effect') return record;
  const { effect } = record;
  switch (effect.kind) {
    case 'call.intent': {
      const { kind, event, ...told } = effect;
      return { record: kind, n, at, ...told, event: started(event) };
    }
    case 'call.reply':
      return { record: effect.kind, n, at, text: effect.text, event: completed(effect.event) };
    case 'child.spawned':
    case 'block.cut': {
      const { kind, ...told } = effect;
      return { record: kind, n, at, ...told } as RLMJournalRecord;
    }
  }
}

function started({ id, ...event }: CallIntent['event']): RLMCallStartedEvent {
  return { runId: id, ...event };
}

function completed({ id, ...event }: CallReply['event']): RLMCallCompletedEvent {
  return { runId: id, ...event };
}
