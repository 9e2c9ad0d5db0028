import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Effect, JOURNAL_FORMAT, JournalRecord, LINE_FIELDS, WorkerEvent } from '../src/index.ts';
import { journalJsonSchema } from '../src/json-schema.ts';

const file = new URL(`../schema/journal.v${JOURNAL_FORMAT}.json`, import.meta.url);

/** Events that stand in effects, are told again by whoever reads, or stand as the end. */
const ELSEWHERE = ['call.started', 'call.completed', 'call.replayed', 'run.completed', 'run.failed'];

test('the committed JSON Schema of a journal is the one the definitions give', () => {
  const fix = 'The journal changed: run `pnpm protocol:generate` and commit the result.';
  expect(readFileSync(file, 'utf8'), fix).toBe(`${JSON.stringify(journalJsonSchema(), null, 2)}\n`);
});

test('every kind of record, event and effect has a line of its own', () => {
  const records = JournalRecord.options.map(({ shape }) => shape.record.value);
  const events = WorkerEvent.options.map(({ shape }) => shape.type.value);
  const effects = Effect.options.map(({ shape }) => shape.kind.value);
  const kinds = [
    ...records.filter((kind) => kind !== 'event' && kind !== 'effect'),
    ...events.filter((type) => !ELSEWHERE.includes(type)),
    ...effects,
  ];
  expect(Object.keys(LINE_FIELDS).toSorted()).toEqual(kinds.toSorted());
});
