import { JournalRecord, Texts } from '@rlm-bridge/protocol';
import { z } from 'zod';
import { type FlatRecord, flatten, unflatten } from './flat-records.ts';
import { toLine } from './lines.ts';
import { SaidTexts } from './text/said-texts.ts';
import { SliceFinder } from './text/slice-finder.ts';
import { type Blobs, blobsOf, inPieces, inWhole, saidIn } from './text/text-pieces.ts';
import { Unsaid } from './unsaid.ts';

/** What every line has. */
const Line = z.looseObject({
  record: z.string(),
  n: z.int().nonnegative(),
  at: z.number(),
  texts: Texts.exactOptional(),
});

/** A line as it stands, without its sum. */
export type JournalLine = z.infer<typeof Line>;

/**
 * Turns the records of one journal into its lines, or its lines into records, in their order; and goes on from reading to
 * writing where they end. What it keeps in mind is bounded, whatever the journal's size.
 */
export class JournalCodec {
  readonly #runId: string;
  /** Whose events stand here: in a session, those of its turns. */
  #owner: string;
  readonly #unsaid = new Unsaid();
  readonly #said = new SaidTexts();
  /** Only who writes needs it. */
  #finder: SliceFinder | undefined;

  constructor(runId: string) {
    this.#runId = runId;
    this.#owner = runId;
  }

  /** The line of the next record, and the blobs that are to be kept before it is written. */
  encode(record: JournalRecord): { line: string; blobs: Blobs } {
    this.#finder ??= new SliceFinder(this.#said);
    const { line, blobs } = inPieces(this.#unsaid.leaveOut(flatten(record)), this.#finder);
    this.#note(line, record.n, blobs);
    if (record.record === 'turn') this.#owner = record.runId;
    return { line: toLine(line, this.#runId), blobs };
  }

  /** The record of the next line; null when it is none. `blobs`: those that it has. @throws {TextMissing} */
  decode(line: JournalLine, blobs: Blobs): JournalRecord | null {
    const whole = inWhole(line, this.#said, blobs) as FlatRecord;
    this.#note(line, line.n, blobs);
    const { data: record } = JournalRecord.safeParse(unflatten(this.#unsaid.fillIn(whole), this.#owner));
    if (record?.record === 'turn') this.#owner = record.runId;
    return record ?? null;
  }

  #note(line: object, n: number, blobs: Blobs): void {
    for (const said of saidIn(line, n, blobs)) {
      const kept = this.#said.add(said);
      if (kept !== undefined) this.#finder?.add(kept);
    }
  }
}

/** What a value is that stands on a line; undefined when it is none. */
export function asLine(value: unknown): { line: JournalLine; blobs: string[] } | undefined {
  const line = Line.safeParse(value);
  return line.success ? { line: line.data, blobs: blobsOf(line.data) } : undefined;
}
