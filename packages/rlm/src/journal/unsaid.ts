import { isDeepStrictEqual } from 'node:util';
import { unsaidOf } from '@rlm-bridge/protocol';
import { addUsd, isSubCall } from '@rlm-bridge/usage';
import { isObject } from '../api/json.ts';
import type { FlatRecord } from './flat-records.ts';

type Values = Readonly<Record<string, unknown>>;

/** Roles of the calls of code, which the sub model answers, one level below its node. */
const OF_SUB_MODEL: readonly unknown[] = ['llm_query', 'leaf'];

/** What a reply has of the call that it answers. */
const OF_INTENT = ['node', 'depth', 'role', 'backend', 'model', 'requestedModel'] as const;

const TOKENS = ['inputTokens', 'outputTokens', 'cachedInputTokens', 'cacheWriteTokens', 'reasoningTokens'] as const;

const NO_TOTALS: Values = {
  calls: 0,
  subCalls: 0,
  ...Object.fromEntries(TOKENS.map((name) => [name, 0])),
  costUsd: 0,
};

/** What goes without saying in the next record of one journal: nothings, and what earlier records said. */
export class Unsaid {
  #session: Values = {};
  /** Of the run, or of the turn. */
  #header: Values = {};
  /** Of calls without a reply, by their names. */
  readonly #asked = new Map<unknown, Values>();
  #totals = NO_TOTALS;

  /** The record without what goes without saying. Takes note of it. */
  leaveOut(record: FlatRecord): FlatRecord {
    const said = without(record, this.#of(record)) as FlatRecord;
    this.#note(record);
    return said;
  }

  /** The record with all that goes without saying. Takes note of it. */
  fillIn(said: FlatRecord): FlatRecord {
    const record = within(said, this.#of(said)) as FlatRecord;
    this.#note(record);
    return record;
  }

  #of(record: FlatRecord): Values {
    const nothings = unsaidOf(record.record);
    switch (record.record) {
      case 'life':
        return { versions: this.#header.versions, limits: valuesOf(this.#header.spec).limits };
      case 'call.intent': {
        const { role, node } = within(record, nothings);
        const isOfCode = OF_SUB_MODEL.includes(role);
        const model = valuesOf(valuesOf(this.#header.spec)[isOfCode ? 'subModel' : 'rootModel']);
        const depth = String(node).split('/').length - (isOfCode ? 0 : 1);
        return { ...nothings, depth, backend: model.backend, model: model.model };
      }
      case 'call.reply': {
        const unsaid = { ...nothings, ...this.#asked.get(record.call) };
        return { ...unsaid, totals: this.#totalsWith(within(record, unsaid)) };
      }
      default:
        return nothings;
    }
  }

  #note(record: FlatRecord): void {
    if (record.record === 'run') this.#header = record;
    if (record.record === 'session') this.#session = record;
    if (record.record === 'turn') this.#begin(record);
    if (record.record === 'call.intent') {
      this.#asked.set(record.call, Object.fromEntries(OF_INTENT.map((name) => [name, record[name]])));
    }
    if (record.record === 'call.reply') {
      this.#asked.delete(record.call);
      this.#totals = valuesOf(record.totals);
    }
  }

  /** A turn counts by itself, and has what all turns of its session have. */
  #begin(turn: FlatRecord): void {
    const { versions, spec } = this.#session;
    this.#header = { versions, spec: { ...valuesOf(spec), ...valuesOf(turn.spec) } };
    this.#asked.clear();
    this.#totals = NO_TOTALS;
  }

  /** The ledger after a call, if no other one ended between. */
  #totalsWith(call: Values): Values {
    const before = this.#totals;
    const tokens = TOKENS.map((name) => [name, count(before[name]) + count(call[name])]);
    return {
      calls: count(before.calls) + 1,
      subCalls: count(before.subCalls) + (isSubCall({ role: String(call.role), depth: count(call.depth) }) ? 1 : 0),
      ...Object.fromEntries(tokens),
      costUsd: addUsd(usd(before.costUsd), usd(call.costUsd)),
    };
  }
}

/** The fields that say more than `unsaid`. */
function without(said: Values, unsaid: Values): Values {
  const told = Object.entries(said).flatMap(([name, value]) => {
    const usual = unsaid[name];
    if (value === usual || isDeepStrictEqual(value, usual)) return [];
    return [[name, hasFields(usual) && isObject(value) ? without(value, usual) : value]];
  });
  return Object.fromEntries(told);
}

function within(said: Values, unsaid: Values): Values {
  const filled = Object.entries(said).map(([name, value]) => {
    const usual = unsaid[name];
    return [name, hasFields(usual) && isObject(value) ? within(value, usual) : value];
  });
  return { ...unsaid, ...Object.fromEntries(filled) };
}

/** Free JSON has no field that goes without saying, and is left as it is. */
function hasFields(usual: unknown): usual is Values {
  return isObject(usual) && Object.keys(usual).length > 0;
}

function valuesOf(value: unknown): Values {
  return isObject(value) ? value : {};
}

function count(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function usd(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
