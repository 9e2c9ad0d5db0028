import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JournalRecord } from '@rlm-bridge/protocol';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { fileStore, type RunStore } from '../../src/index.ts';
import { flatten } from '../../src/journal/flat-records.ts';
import type { RecordBody } from '../../src/journal/journal-writer.ts';
import { toLine } from '../../src/journal/lines.ts';
import { Unsaid } from '../../src/journal/unsaid.ts';
import { header, life, RUN, smallCall } from '../unit/journal/records.ts';

const MEGABYTES = Number(process.env.RLM_TEST_JOURNAL_MB ?? 40);

/** Of a prompt: no blob, so that it stands in the journal. */
const CHARS = 50_000;
const CALLS = Math.ceil((MEGABYTES * 1e6) / CHARS);

/** What a process may allocate that reads it, its own modules included: less than the journal. */
const MOST_MB = 38;

/** And what it has for new objects: with less, which Node gives so small a heap, each text counts as an old one soon. */
const MOST_NEW_MB = 2;

const WATCHDOG_MS = 300_000 * Math.max(1, MEGABYTES / 40);

/** A run whose code asked about so much, each time about something else: what was said before is looked for nowhere. */
async function write(store: RunStore): Promise<void> {
  await using lease = await store.lease(RUN);
  const unsaid = new Unsaid();
  let n = 0;
  const lineOf = (body: RecordBody) =>
    toLine(unsaid.leaveOut(flatten({ ...body, n: n++, at: 0 } as JournalRecord)), RUN);
  await lease.append([header(), life()].map(lineOf));
  const about = { node: '0', depth: 1, role: 'llm_query', backend: 'offline', model: 'm' } as const;
  for (let call = 1; call <= CALLS; call += 1) {
    const prompt = `Sum up: ${randomBytes(CHARS / 2).toString('hex')}`;
    await lease.append(smallCall({ ...about, call: `call-${call}` }, prompt, `It is ${call}.`).map(lineOf));
  }
}

test(`a journal of ${MEGABYTES} MB is told and checked in the memory of a small one`, {
  timeout: WATCHDOG_MS,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
  try {
    await write(fileStore(folder));
    const program = join(import.meta.dirname, '../fixtures/reads-a-journal.mts');
    const { stdout } = await execa(
      process.execPath,
      [
        '--conditions=@rlm-bridge/source',
        `--max-old-space-size=${MOST_MB}`,
        `--max-semi-space-size=${MOST_NEW_MB}`,
        program,
        folder,
        RUN,
      ],
      { stdin: 'ignore' },
    );
    expect(JSON.parse(stdout)).toMatchObject({ events: 2 * CALLS, calls: CALLS, inFlight: 0 });
  } finally {
    await rm(folder, { recursive: true });
  }
});
