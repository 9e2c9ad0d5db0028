import assert from 'node:assert/strict';
import { type Bench, type Check, refused } from './bench.ts';

const MEGABYTE = 1024 * 1024;

export const journalChecks: readonly Check[] = [
  ['lines are read in the order in which they were appended', inOrder],
  ['appends at once are written in the order of the calls', atOnce],
  ['a line is there once its append has resolved', onceResolved],
  ['lines that were appended together are seen together, by whoever reads meanwhile', together],
  ['reading begins after the lines that are passed over', from],
  ['a journal is read as it is now, while it is written', whileWritten],
  ['lines are read as they were: Unicode, blanks, control characters, none at all', asTheyWere],
  ['a line of a megabyte is read as it was', long],
  ['an append of no lines changes nothing', noLines],
  ['what is no line is refused, and nothing of its append is written', noLine],
  ['a run goes on where the lease before ended', goesOn],
  ['a run that is not there cannot be read', missing],
];

async function inOrder(bench: Bench): Promise<void> {
  const lease = await bench.lease();
  for (const line of ['one', 'two', 'three']) await lease.append([line]);
  await lease.append(['four', 'five']);
  assert.deepEqual(await bench.lines(lease.runId), ['one', 'two', 'three', 'four', 'five']);
}

async function atOnce(bench: Bench): Promise<void> {
  const lease = await bench.lease();
  const lines = Array.from({ length: 500 }, (_, n) => `line ${n}`);
  await Promise.all(lines.map((line) => lease.append([line])));
  assert.deepEqual(await bench.lines(lease.runId), lines);
}

async function onceResolved(bench: Bench): Promise<void> {
  const lease = await bench.lease();
  for (let n = 0; n < 20; n++) {
    await lease.append([`line ${n}`]);
    assert.equal((await bench.lines(lease.runId)).length, n + 1);
  }
}

async function together(bench: Bench): Promise<void> {
  const lease = await bench.lease();
  const wide = 'x'.repeat(20_000);
  let isWriting = true;
  const write = async () => {
    for (let n = 0; n < 30; n++) await lease.append([`first ${wide}`, `second ${wide}`, `third ${wide}`]);
    isWriting = false;
  };
  const writing = write();
  while (isWriting) assert.equal((await bench.lines(lease.runId)).length % 3, 0);
  await writing;
  assert.equal((await bench.lines(lease.runId)).length, 90);
}

async function from(bench: Bench): Promise<void> {
  const lease = await bench.lease();
  await lease.append(['zero', 'one', 'two']);
  assert.deepEqual(await bench.lines(lease.runId, 0), ['zero', 'one', 'two']);
  assert.deepEqual(await bench.lines(lease.runId, 2), ['two']);
  assert.deepEqual(await bench.lines(lease.runId, 3), []);
  assert.deepEqual(await bench.lines(lease.runId, 100), []);
  for (const wrong of [-1, 0.5, Number.NaN]) {
    await refused('invalid_options', bench.store.read(lease.runId, { from: wrong }));
  }
}

async function whileWritten(bench: Bench): Promise<void> {
  const lease = await bench.lease();
  const reader = await bench.another();
  await lease.append(['one']);
  const reading = reader.read(lease.runId)[Symbol.asyncIterator]();
  assert.equal((await reading.next()).value, 'one');
  await lease.append(['two']);
  await reading.return?.();
  assert.deepEqual(await Array.fromAsync(reader.read(lease.runId, { from: 1 })), ['two']);
}

async function asTheyWere(bench: Bench): Promise<void> {
  const lease = await bench.lease();
  const lines = ['', ' ', '\t', ' \t', '\t ', 'blank ', 'tab\t', '\r', 'a\rb\r', '\u0000', '\u001e', '\ufeffmark'];
  lines.push('größe 漢字 🦊', '\u2028\u2029\u0085', '{"a": "\\n"}', '\\', "it's", '%s $1 {}');
  await lease.append(lines);
  for (const line of lines) await lease.append([line]);
  for (const line of lines) await lease.append([line, line]);
  assert.deepEqual(await bench.lines(lease.runId), [...lines, ...lines, ...lines.flatMap((line) => [line, line])]);
}

async function long(bench: Bench): Promise<void> {
  const lease = await bench.lease();
  const lines = ['é'.repeat(MEGABYTE / 2), 'short', 'y'.repeat(MEGABYTE)];
  await lease.append(lines);
  await lease.append(['after']);
  assert.deepEqual(await bench.lines(lease.runId), [...lines, 'after']);
}

async function noLines(bench: Bench): Promise<void> {
  const lease = await bench.lease();
  await lease.append([]);
  assert.deepEqual(await bench.lines(lease.runId), []);
  await lease.append(['one']);
  await lease.append([]);
  assert.deepEqual(await bench.lines(lease.runId), ['one']);
}

async function noLine(bench: Bench): Promise<void> {
  const lease = await bench.lease();
  for (const wrong of ['two\nlines', 'end\n', 'half of a pair: \ud83e', 7 as unknown as string]) {
    await refused('invalid_options', lease.append(['before', wrong]));
  }
  await lease.append(['after']);
  assert.deepEqual(await bench.lines(lease.runId), ['after']);
}

async function goesOn(bench: Bench): Promise<void> {
  const first = await bench.lease();
  await first.append(['one']);
  await first.release();
  const second = await bench.lease(first.runId);
  await second.append(['two']);
  assert.deepEqual(await bench.lines(first.runId), ['one', 'two']);
  assert.equal(second.repaired, 0);
}

async function missing(bench: Bench): Promise<void> {
  await refused('run_not_found', bench.store.read(bench.newId()));
}
