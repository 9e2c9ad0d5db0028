import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { JOURNAL_FORMAT } from '@rlm-bridge/protocol';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { memoryStore, type RunStore } from '../../../src/index.ts';
import { JournalCodec } from '../../../src/journal/journal-codec.ts';
import { readState } from '../../../src/journal/journal-state.ts';
import { readSession } from '../../../src/session/session-state.ts';
import { replayed } from '../../e2e/support/journals.ts';
import { SCENARIOS } from '../../e2e/support/scenarios.ts';

// Journals as versions of this package have written them: each later one goes on reading them.

const schemas = join(import.meta.dirname, '../../../../protocol/schema');
const folder = join(import.meta.dirname, '../../fixtures/journals');
const versions = readdirSync(folder).filter((name) => /^v\d+$/.test(name));
const journals = versions.flatMap((version) =>
  readdirSync(join(folder, version)).flatMap((name) => {
    const runId = /^([^.]*)\.jsonl$/.exec(name)?.[1];
    return runId === undefined ? [] : [{ version, runId }];
  }),
);

const ofRuns = journals.filter(({ runId }) => runId !== 'session');

const linesOf = (version: string, name: string) =>
  readFileSync(join(folder, version, name), 'utf8')
    .split('\n')
    .slice(0, -1);

const checks = new Map<string, ValidateFunction>();

/** Whether a line fits the JSON Schema of a version: it takes as long to compile as all lines to check. */
function checkOf(version: string): ValidateFunction {
  const known = checks.get(version);
  if (known !== undefined) return known;
  const schema = JSON.parse(readFileSync(join(schemas, `journal.${version}.json`), 'utf8'));
  const made = new Ajv2020({ discriminator: true, strict: false }).compile(schema);
  checks.set(version, made);
  return made;
}

async function storeWith(runId: string, lines: string[]): Promise<RunStore> {
  const store = memoryStore();
  await using lease = await store.lease(runId);
  await lease.append(lines);
  return store;
}

test('this version of the format has a journal of each scenario', () => {
  const names = journals.filter(({ version }) => version === `v${JOURNAL_FORMAT}`).map(({ runId }) => runId);
  expect(names.toSorted()).toEqual([...SCENARIOS.map(({ name }) => name), 'fork', 'killed', 'session'].toSorted());
});

test.each(journals)('a journal of $version is replayed as it was: $runId', async ({ version, runId }) => {
  const store = await storeWith(runId, linesOf(version, `${runId}.jsonl`));
  const events = linesOf(version, `${runId}.events.jsonl`).map((line) => JSON.parse(line));
  expect(JSON.parse(JSON.stringify(await replayed(store, runId)))).toEqual(events);
});

test.each(journals)('every line of a journal of $version fits its JSON Schema: $runId', ({ version, runId }) => {
  const fits = checkOf(version);
  for (const line of linesOf(version, `${runId}.jsonl`)) {
    const value = JSON.parse(line);
    expect(fits(value), JSON.stringify(fits.errors)).toBe(true);
    expect(fits({ ...value, other: 1 })).toBe(false);
    expect(fits({ ...value, n: undefined })).toBe(false);
  }
});

test.each(ofRuns)('the next life of a run of $version knows what it came to: $runId', async ({ version, runId }) => {
  const lines = linesOf(version, `${runId}.jsonl`);
  const state = await readState(await storeWith(runId, lines), runId);
  expect(state).toMatchObject({ records: lines.length, end: { kind: 'answered' }, header: { runId } });
  expect(state?.inFlight.size).toBe(0);
});

test.each(versions)('the next process that has a session of %s knows its turns', async (version) => {
  const store = await storeWith('session', linesOf(version, 'session.jsonl'));
  const state = await readSession(store, 'session', new JournalCodec('session'));
  const turns = state?.turns.map(({ number, state: { header, end, lives } }) => [
    number,
    header.spec.query,
    end?.kind,
    lives,
  ]);
  expect(turns).toEqual([
    [1, 'What is it?', 'answered', 1],
    [2, 'What else?', 'answered', 2],
    [3, 'Is that all?', 'answered', 1],
  ]);
  expect(state?.turns.map(({ spent }) => spent.usage.calls)).toEqual([6, 6, 6]);
});
