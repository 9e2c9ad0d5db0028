import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { fileStore, type RunStore } from '../../src/index.ts';
import { JournalCodec } from '../../src/journal/journal-codec.ts';
import { JournalWriter } from '../../src/journal/journal-writer.ts';
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

/** A run whose code asked about so much, each time about something else. */
async function write(store: RunStore): Promise<void> {
  await using lease = await store.lease(RUN);
  const writer = new JournalWriter(lease, new JournalCodec(RUN), 0);
  await writer.append(header(), life());
  const call = { node: '0', depth: 1, role: 'llm_query', backend: 'offline', model: 'm' } as const;
  for (let n = 1; n <= CALLS; n += 1) {
    const prompt = `Sum up: ${randomBytes(CHARS / 2).toString('hex')}`;
    await writer.append(...smallCall({ ...call, call: `call-${n}` }, prompt, `It is ${n}.`));
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
        '--conditions=source',
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
