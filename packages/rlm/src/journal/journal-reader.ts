import { isWithinLevels, JOURNAL_FORMAT, JournalRecord } from '@rlm-bridge/protocol';
import { z } from 'zod';
import type { RunStore } from '../api/run-store.ts';
import { corrupted, unsupported } from './journal-faults.ts';
import { fromLine } from './lines.ts';
import { TextMissing, WholeTexts } from './whole-texts.ts';

/** Enough of a header of any format to tell which it is. */
const AnyHeader = z.looseObject({ record: z.literal('run'), format: z.int() });

export type Header = Extract<JournalRecord, { record: 'run' }>;

/**
 * The records of a run's journal, whole and in order, each checked. `onStored` sees each as it is stored.
 * @throws {RLMError} (while iterating) `journal_corrupted` with the line, `journal_unsupported`, and what the store throws.
 */
export async function* readJournal(
  store: RunStore,
  runId: string,
  onStored: (record: JournalRecord) => void = () => {},
): AsyncGenerator<JournalRecord, void, undefined> {
  const decoder = new WholeTexts({
    record: (n) => storedRecord(store, runId, n),
    blob: (sha256) => textOfBlob(store, runId, sha256),
  });
  const check = new RecordCheck(runId);
  let n = 0;
  for await (const line of store.read(runId)) {
    const stored = check.take(line, n);
    onStored(stored);
    yield await decoded(decoder, stored, line.length, runId);
    n += 1;
  }
}

async function decoded(decoder: WholeTexts, stored: JournalRecord, chars: number, runId: string) {
  try {
    return (await decoder.decode(stored, chars)) as JournalRecord;
  } catch (error) {
    if (error instanceof TextMissing) throw corrupted(runId, stored.n + 1, error.message);
    throw error;
  }
}

/** What each record must be where it stands. */
class RecordCheck {
  readonly #runId: string;
  #lives = 0;

  constructor(runId: string) {
    this.#runId = runId;
  }

  take(line: string, n: number): JournalRecord {
    const fail = (what: string) => corrupted(this.#runId, n + 1, what);
    const value = fromLine(line);
    if (value === undefined || !isWithinLevels(value)) throw fail('it is not what was written');
    const header = n === 0 ? AnyHeader.safeParse(value) : undefined;
    if (header?.success && header.data.format > JOURNAL_FORMAT) {
      throw unsupported(this.#runId, header.data.format, JOURNAL_FORMAT);
    }
    const parsed = JournalRecord.safeParse(value);
    if (!parsed.success) throw fail('it is no record of a journal');
    const record = parsed.data;
    if (record.n !== n) throw fail(`it is record ${record.n} in the place of record ${n}`);
    if ((record.record === 'run') !== (n === 0)) {
      throw fail(n === 0 ? 'a journal begins with its header' : 'the journal of another run begins here');
    }
    const owner = ownerOf(record);
    if (owner !== undefined && owner !== this.#runId) throw fail(`it is of run "${owner}"`);
    if (record.record === 'life') {
      this.#lives += 1;
      if (record.life !== this.#lives) throw fail(`it is life ${record.life} in the place of life ${this.#lives}`);
    }
    return record;
  }
}

function ownerOf(record: JournalRecord): string | undefined {
  if (record.record === 'run') return record.runId;
  if (record.record === 'event') return record.event.id;
  return record.record === 'effect' && 'event' in record.effect ? record.effect.event.id : undefined;
}

async function storedRecord(store: RunStore, runId: string, from: number): Promise<unknown> {
  for await (const line of store.read(runId, { from })) return fromLine(line);
  return undefined;
}

async function textOfBlob(store: RunStore, runId: string, sha256: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of store.readBlob(runId, sha256)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
