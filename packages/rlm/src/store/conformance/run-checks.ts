import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, type Check, refused } from './bench.ts';

export const runChecks: readonly Check[] = [
  ['runs are listed, the newest first, with when, how much and whether they are leased', list],
  ['a run that is removed is not there', remove],
  ['a run that is leased cannot be removed', removeLeased],
  ['a run that is not there cannot be removed', removeMissing],
  ['a run that was removed begins anew', anew],
  ['ids that differ by case are two runs', byCase],
  ['every id that a run can have keeps its run', ids],
  ['an id that no run can have is refused', wrongIds],
];

async function list(bench: Bench): Promise<void> {
  const begin = Date.now();
  const first = await bench.lease();
  await sleep(5);
  const second = await bench.lease();
  await second.append(['one']);
  await second.release();
  await sleep(5);
  await first.append(['one', 'two']);
  await (await bench.lease(second.runId)).release();
  const runs = await bench.listed();
  const shown = runs.map(({ runId, isLeased }) => ({ runId, isLeased }));
  assert.deepEqual(shown, [
    { runId: second.runId, isLeased: false },
    { runId: first.runId, isLeased: true },
  ]);
  assert.ok((runs[1]?.bytes ?? 0) > (runs[0]?.bytes ?? 0) && (runs[0]?.bytes ?? 0) > 0);
  for (const { createdAt, changedAt } of runs) {
    // Another machine's clock may say when.
    assert.ok(Math.abs(createdAt.getTime() - begin) < 3_600_000 && changedAt >= createdAt);
  }
}

async function remove(bench: Bench): Promise<void> {
  const lease = await bench.lease();
  await lease.append(['one']);
  await lease.release();
  await bench.store.remove(lease.runId);
  await refused('run_not_found', bench.store.read(lease.runId));
  assert.deepEqual(await bench.listed(), []);
}

async function removeLeased(bench: Bench): Promise<void> {
  const lease = await bench.lease();
  await lease.append(['one']);
  await refused('run_in_progress', (await bench.another()).remove(lease.runId));
  await lease.append(['two']);
  assert.deepEqual(await bench.lines(lease.runId), ['one', 'two']);
}

async function removeMissing(bench: Bench): Promise<void> {
  await refused('run_not_found', bench.store.remove(bench.newId()));
}

async function anew(bench: Bench): Promise<void> {
  const first = await bench.lease();
  await first.append(['old']);
  await first.release();
  await bench.store.remove(first.runId);
  const second = await bench.lease(first.runId);
  assert.deepEqual(await bench.lines(first.runId), []);
  await second.append(['new']);
  assert.deepEqual(await bench.lines(first.runId), ['new']);
}

async function byCase(bench: Bench): Promise<void> {
  const small = await bench.lease(bench.newId('case-'));
  const large = await bench.lease(small.runId.replace('case', 'CASE'));
  const mixed = await bench.lease(small.runId.replace('case', 'Case'));
  for (const { runId, append } of [small, large, mixed].map((lease) => ({
    runId: lease.runId,
    append: (line: string) => lease.append([line]),
  }))) {
    await append(runId);
  }
  for (const { runId } of [small, large, mixed]) assert.deepEqual(await bench.lines(runId), [runId]);
  const listed = (await bench.listed()).map(({ runId }) => runId);
  assert.deepEqual(listed.toSorted(), [small.runId, large.runId, mixed.runId].toSorted());
}

async function ids(bench: Bench): Promise<void> {
  const end = bench.newId('');
  for (const begin of ['0', 'A', 'a.._..b', 'x:y@z+1-2_3.', '9'.repeat(91), 'Zz'.repeat(45)]) {
    const runId = `${begin}${end}`;
    const lease = await bench.lease(runId);
    await lease.append([runId]);
    assert.deepEqual(await bench.lines(runId), [runId]);
    assert.ok((await bench.listed()).some((run) => run.runId === runId));
  }
}

async function wrongIds(bench: Bench): Promise<void> {
  const wrong = ['', '.', '..', '-x', '_x', 'a/b', 'a\\b', 'a b', 'a\n', 'ä', 'a=b', 'a%b', 'a~', 'a'.repeat(129)];
  for (const runId of [...wrong, undefined as unknown as string, 7 as unknown as string]) {
    await refused('invalid_options', bench.store.lease(runId));
    await refused('invalid_options', bench.store.read(runId));
    await refused('invalid_options', bench.store.remove(runId));
    await refused('invalid_options', bench.store.readBlob(runId, '0'.repeat(64)));
  }
}
