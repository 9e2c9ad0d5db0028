import type { Effect, JournalRecord, WorkerEvent } from '@rlm-bridge/protocol';
import { EVENT_LINES } from '@rlm-bridge/protocol';

/** A record as its line has it: the fields of its event or effect beside its own. */
export interface FlatRecord {
  record: string;
  n: number;
  at: number;
  [field: string]: unknown;
}

type Kind = Effect['kind'];

export function flatten(record: JournalRecord): FlatRecord {
  const { n, at } = record;
  if (record.record === 'event') return { record: record.event.type, n, at, ...withoutEnvelope(record.event) };
  if (record.record !== 'effect') return { ...record };
  const { record: kind, ...fields } = flattenEffect(record.effect);
  return { record: kind, n, at, ...fields };
}

/** A record of the run `runId` as it was before, as far as it was one. */
export function unflatten(flat: FlatRecord, runId: string): unknown {
  const { record, n, at, ...fields } = flat;
  if (EVENT_LINES.has(record)) return { record: 'event', n, at, event: { type: record, id: runId, at, ...fields } };
  switch (record as Kind) {
    case 'call.intent': {
      const { node, iteration, codeBlock, key, kept, messages, schema, reservedUsd, ...told } = fields;
      const event = { type: 'call.started', id: runId, at, node, ...told };
      const place = { node, iteration, codeBlock, key };
      const effect = { kind: record, ...place, prompt: { kept, messages }, schema, reservedUsd, event };
      return { record: 'effect', n, at, effect };
    }
    case 'call.reply': {
      const { text, outputBound, failure, ...told } = fields;
      const event = { type: 'call.completed', id: runId, at, ...told };
      return { record: 'effect', n, at, effect: { kind: record, text, outputBound, failure, event } };
    }
    case 'child.spawned':
    case 'block.cut':
      return { record: 'effect', n, at, effect: { kind: record, ...fields } };
    default:
      return flat;
  }
}

function flattenEffect(effect: Effect): { record: Kind } {
  switch (effect.kind) {
    case 'call.intent': {
      const { kind, event, prompt, ...place } = effect;
      if (event.node !== place.node) throw new TypeError('A call is made at the node that its event tells.');
      return { record: kind, ...withoutEnvelope(event), ...place, ...prompt };
    }
    case 'call.reply': {
      const { kind, event, ...reply } = effect;
      return { record: kind, ...withoutEnvelope(event), ...reply };
    }
    case 'child.spawned':
    case 'block.cut': {
      const { kind, ...fields } = effect;
      return { record: kind, ...fields };
    }
  }
}

function withoutEnvelope({ type: _type, id: _id, at: _at, ...fields }: WorkerEvent): object {
  return fields;
}
