import type { JournalRecord, WorkerEvent } from '@rlm-bridge/protocol';
import { RLMError } from '../api/errors.ts';
import type { RunStore } from '../api/run-store.ts';
import { type Header, readRun } from './journal-reader.ts';
import type { RecordBody } from './journal-writer.ts';

/** What each life says of itself: a fork says its own. */
const OF_A_LIFE: readonly WorkerEvent['type'][] = [
  'run.started',
  'run.resumed',
  'environment.started',
  'coverage.measured',
];

/** The beginning of a run, up to where another one takes it over. */
export class ForkPoint {
  readonly source: Header;
  readonly iteration: number;
  /** How many records are taken over. */
  readonly records: number;
  /** The first record of the source that is not. */
  readonly #end: number;

  private constructor(source: Header, iteration: number, records: number, end: number) {
    this.source = source;
    this.iteration = iteration;
    this.records = records;
    this.#end = end;
  }

  /**
   * Before an iteration of the root; where the run went through it several times, the last.
   * @throws {RLMError} (as a rejection) `invalid_options` for an iteration that the run never began, and what `readRun` throws.
   */
  static async find(store: RunStore, source: Header, iteration: number): Promise<ForkPoint> {
    let found: ForkPoint | undefined;
    let records = 0;
    let begun = 0;
    for await (const record of readRun(store, source.runId)) {
      if (record.record === 'event' && record.event.type === 'iteration.started' && record.event.node === '0') {
        begun = Math.max(begun, record.event.iteration);
        if (record.event.iteration === iteration) found = new ForkPoint(source, iteration, records, record.n);
      }
      if (isTaken(record)) records += 1;
    }
    if (found !== undefined) return found;
    const rule = begun === 0 ? 'the run began none' : `it must be 1 to ${begun}`;
    throw new RLMError('invalid_options', `from.iteration is ${iteration}; ${rule}. Nothing was started.`);
  }

  /** The records as those of the run `runId`. */
  async *copies(store: RunStore, runId: string): AsyncGenerator<RecordBody, void, undefined> {
    for await (const record of readRun(store, this.source.runId)) {
      if (record.n >= this.#end) return;
      if (isTaken(record)) yield ofRun(record, runId);
    }
  }
}

type Taken = Extract<JournalRecord, { record: 'event' | 'effect' | 'tool' | 'verdict' }>;

function isTaken(record: JournalRecord): record is Taken {
  if (record.record === 'event') return !OF_A_LIFE.includes(record.event.type);
  return record.record === 'effect' || record.record === 'tool' || record.record === 'verdict';
}

function ofRun({ n: _n, at: _at, ...record }: Taken, id: string): RecordBody {
  if (record.record === 'event') return { ...record, event: { ...record.event, id } };
  if (record.record !== 'effect') return record;
  const { effect } = record;
  switch (effect.kind) {
    case 'call.intent':
      return { ...record, effect: { ...effect, event: { ...effect.event, id } } };
    case 'call.reply':
      return { ...record, effect: { ...effect, event: { ...effect.event, id } } };
    case 'child.spawned':
    case 'block.cut':
      return record;
  }
}
