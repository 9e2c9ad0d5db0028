import { isWithinLevels, JOURNAL_FORMAT, type JournalRecord, type JournalTurn } from '@rlm-bridge/protocol';
import { z } from 'zod';
import type { RunStore } from '../api/run-store.ts';
import { asLine, JournalCodec, type JournalLine } from './journal-codec.ts';
import { corrupted, isSession, unsupported } from './journal-faults.ts';
import { fromLine, parsed } from './lines.ts';
import { readAhead } from './read-ahead.ts';
import { type Blobs, TextMissing } from './text/text-pieces.ts';

/** Lines whose large texts are read while one before them is waited for. */
const LINES_AHEAD = 4;

/** Enough of a header of any format to tell which it is. */
const AnyHeader = z.looseObject({ record: z.enum(['run', 'session']), format: z.int() });

/** Enough of a header to tell whose it is. */
const OwnedHeader = AnyHeader.extend({ runId: z.string().optional(), sessionId: z.string().optional() });

export type Header = Extract<JournalRecord, { record: 'run' }>;

/**
 * The records of a journal, whole and in order, each checked. `codec`: what goes on where they end.
 * @throws {RLMError} (while iterating) `journal_corrupted` with the line, `journal_unsupported`, and what the store throws.
 */
export async function* readJournal(
  store: RunStore,
  runId: string,
  codec: JournalCodec = new JournalCodec(runId),
): AsyncGenerator<JournalRecord, void, undefined> {
  yield* new JournalReading(store, runId, codec).rest();
}

/** A journal that is read on whenever there may be more of it. */
export class JournalReading {
  readonly #store: RunStore;
  readonly #runId: string;
  readonly #codec: JournalCodec;
  readonly #check: RecordCheck;
  /** How many records were read. */
  #records = 0;

  constructor(store: RunStore, runId: string, codec: JournalCodec = new JournalCodec(runId)) {
    this.#store = store;
    this.#runId = runId;
    this.#codec = codec;
    this.#check = new RecordCheck(runId);
  }

  /**
   * The records that are there by now, after those that were read.
   * @throws {RLMError} (while iterating) as `readJournal`
   */
  async *rest(): AsyncGenerator<JournalRecord, void, undefined> {
    let next = this.#records;
    const lines = this.#store.read(this.#runId, { from: next });
    const withTexts = readAhead(lines, LINES_AHEAD, (text) => this.#withTexts(text, next++));
    for await (const { line, texts } of withTexts) {
      const record = this.#check.recordOf(line, this.#codec, texts);
      this.#records += 1;
      yield record;
    }
  }

  async #withTexts(text: string, n: number): Promise<{ line: JournalLine; texts: Blobs }> {
    const { line, blobs } = this.#check.lineOf(text, n);
    return { line, texts: blobs.length === 0 ? NO_BLOBS : await textsOf(this.#store, this.#runId, blobs) };
  }
}

/**
 * The same of a journal that is a run's.
 * @throws {RLMError} (while iterating) `run_mismatch` for a session's.
 */
export async function* readRun(
  store: RunStore,
  runId: string,
  codec?: JournalCodec,
): AsyncGenerator<JournalRecord, void, undefined> {
  for await (const record of readJournal(store, runId, codec)) {
    if (record.record === 'session') throw isSession(runId);
    yield record;
  }
}

const NO_BLOBS: Blobs = new Map();

/** What each record must be where it stands. */
class RecordCheck {
  readonly #runId: string;
  #isSession = false;
  #lives = 0;
  #turns = 0;

  constructor(runId: string) {
    this.#runId = runId;
  }

  lineOf(text: string, n: number): { line: JournalLine; blobs: string[] } {
    if (n === 0) this.#checkHeader(text);
    const value = fromLine(text, this.#runId);
    if (value === undefined || !isWithinLevels(value)) throw this.#fault(n, 'it is not what was written for this run');
    const found = asLine(value);
    if (found === undefined) throw this.#fault(n, 'it is no record of a journal');
    const { line } = found;
    if (line.n !== n) throw this.#fault(n, `it is record ${line.n} in the place of record ${n}`);
    return found;
  }

  recordOf(line: JournalLine, codec: JournalCodec, blobs: Blobs): JournalRecord {
    const record = this.#decoded(line, codec, blobs);
    if (record === null) throw this.#fault(line.n, 'it is no record of a journal');
    const { n } = record;
    if ((record.record === 'run' || record.record === 'session') !== (n === 0)) {
      throw this.#fault(n, n === 0 ? 'a journal begins with its header' : 'the journal of another run begins here');
    }
    if (record.record === 'session') this.#isSession = true;
    if ((record.record === 'turn' || record.record === 'closed') && !this.#isSession) {
      throw this.#fault(n, 'it is of a session, and this is none');
    }
    if (record.record === 'turn') this.#begin(record);
    if (record.record === 'life') {
      this.#lives += 1;
      if (record.life !== this.#lives) {
        throw this.#fault(n, `it is life ${record.life} in the place of life ${this.#lives}`);
      }
    }
    return record;
  }

  #begin({ n, turn }: JournalTurn): void {
    this.#turns += 1;
    if (turn !== this.#turns) throw this.#fault(n, `it is turn ${turn} in the place of turn ${this.#turns}`);
    this.#lives = 0;
  }

  /** Before its sum is looked at, which another format may make otherwise, and another run has otherwise. */
  #checkHeader(text: string): void {
    const value = parsed(text);
    const { data: header } = AnyHeader.safeParse(value);
    if (header !== undefined && header.format > JOURNAL_FORMAT) {
      throw unsupported(this.#runId, header.format, JOURNAL_FORMAT);
    }
    const { data: owned } = OwnedHeader.safeParse(value);
    const owner = owned?.runId ?? owned?.sessionId;
    if (owner !== undefined && owner !== this.#runId) throw this.#fault(0, `it is of run "${owner}"`);
  }

  #decoded(line: JournalLine, codec: JournalCodec, blobs: Blobs): JournalRecord | null {
    try {
      return codec.decode(line, blobs);
    } catch (error) {
      if (error instanceof TextMissing) throw this.#fault(line.n, error.message);
      throw error;
    }
  }

  #fault(n: number, what: string) {
    return corrupted(this.#runId, n + 1, what);
  }
}

async function textsOf(store: RunStore, runId: string, hashes: readonly string[]): Promise<Blobs> {
  const texts = new Map<string, string>();
  for (const sha256 of hashes) {
    const chunks = await Array.fromAsync(store.readBlob(runId, sha256));
    const [content = new Uint8Array()] = chunks.length === 1 ? chunks : [Buffer.concat(chunks)];
    texts.set(sha256, Buffer.from(content.buffer, content.byteOffset, content.length).toString());
  }
  return texts;
}
