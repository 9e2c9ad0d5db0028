import assert from 'node:assert/strict';
import { type Bench, type Check, chunks, refused } from './bench.ts';

export const leaseChecks: readonly Check[] = [
  ['a run that is leased cannot be leased', leased],
  ['of many that want a run at once, one gets it', race],
  ['a run that was released can be leased', released],
  ['releasing waits for what was appended', waits],
  ['a lease that was released takes nothing more', nothingMore],
  ['a lease is released where its block ends', disposed],
  ['a new run is there, and empty, as soon as it is leased', newRun],
];

/** Of stores whose leases can be lost. */
export const takeoverChecks: readonly Check[] = [
  ['a run whose holder is gone can be leased, with all that it had appended', takeover],
  ['of many that take over at once, one gets the run', takeoverRace],
  ['a holder that was only silent learns that its lease is lost, and appends nothing', fencing],
  ['a holder that was only silent cannot take the run from the next by its release', lateRelease],
];

async function leased(bench: Bench): Promise<void> {
  const { runId } = await bench.lease();
  await refused('run_in_progress', bench.store.lease(runId));
  await refused('run_in_progress', (await bench.another()).lease(runId));
}

async function race(bench: Bench): Promise<void> {
  await oneWins(bench, bench.newId());
}

async function oneWins(bench: Bench, runId: string): Promise<void> {
  const stores = await Promise.all(Array.from({ length: 8 }, () => bench.another()));
  const attempts = await Promise.allSettled(stores.map((store) => bench.lease(runId, store)));
  assert.equal(attempts.filter(({ status }) => status === 'fulfilled').length, 1);
  for (const attempt of attempts) {
    if (attempt.status === 'rejected') await refused('run_in_progress', Promise.reject(attempt.reason));
  }
}

async function released(bench: Bench): Promise<void> {
  const first = await bench.lease();
  await first.release();
  const second = await bench.lease(first.runId, await bench.another());
  await first.release();
  await refused('run_in_progress', bench.store.lease(second.runId));
}

async function waits(bench: Bench): Promise<void> {
  const lease = await bench.lease();
  const appends = Array.from({ length: 50 }, (_, n) => lease.append([`line ${n}`]));
  await lease.release();
  await Promise.all(appends);
  assert.equal((await bench.lines(lease.runId)).length, 50);
}

async function nothingMore(bench: Bench): Promise<void> {
  const lease = await bench.lease();
  await lease.append(['before']);
  await lease.release();
  await lease.release();
  await refused('lease_lost', lease.append(['after']));
  await refused('lease_lost', lease.putBlob(chunks('after')));
  assert.deepEqual(await bench.lines(lease.runId), ['before']);
  const next = await bench.lease(lease.runId);
  async function* released(): AsyncGenerator<Uint8Array, void, void> {
    yield Buffer.from('before');
    await next.release();
    yield Buffer.from('after');
  }
  await refused('lease_lost', next.putBlob(released()));
}

async function disposed(bench: Bench): Promise<void> {
  const runId = bench.newId();
  {
    await using lease = await bench.store.lease(runId);
    await lease.append(['one']);
    assert.equal(lease.runId, runId);
  }
  await bench.lease(runId);
}

async function newRun(bench: Bench): Promise<void> {
  const { runId, repaired, lost } = await bench.lease();
  assert.deepEqual({ repaired, isLost: lost.aborted }, { repaired: 0, isLost: false });
  assert.deepEqual(await bench.lines(runId), []);
  assert.partialDeepStrictEqual(await bench.listed(), [{ runId, bytes: 0, isLeased: true }]);
}

async function takeover(bench: Bench): Promise<void> {
  const dead = await bench.lease();
  await dead.append(['one', 'two']);
  const blob = await dead.putBlob(chunks('blob'));
  await bench.expire(dead.runId);
  const next = await bench.lease(dead.runId, await bench.another());
  await next.append(['three']);
  assert.deepEqual(await bench.lines(dead.runId), ['one', 'two', 'three']);
  assert.equal(String(Buffer.concat(await Array.fromAsync(bench.store.readBlob(dead.runId, blob.sha256)))), 'blob');
}

async function takeoverRace(bench: Bench): Promise<void> {
  const { runId } = await bench.lease();
  await bench.expire(runId);
  await oneWins(bench, runId);
}

async function fencing(bench: Bench): Promise<void> {
  const silent = await bench.lease();
  await silent.append(['one']);
  await bench.expire(silent.runId);
  const next = await bench.lease(silent.runId, await bench.another());
  await next.append(['two']);
  await refused('lease_lost', silent.append(['late']));
  assert.ok(silent.lost.aborted);
  await refused('lease_lost', Promise.reject(silent.lost.reason));
  await refused('lease_lost', silent.putBlob(chunks('late')));
  await refused('lease_lost', silent.append(['later']));
  await next.append(['three']);
  assert.ok(!next.lost.aborted);
  assert.deepEqual(await bench.lines(silent.runId), ['one', 'two', 'three']);
}

async function lateRelease(bench: Bench): Promise<void> {
  const silent = await bench.lease();
  await bench.expire(silent.runId);
  const next = await bench.lease(silent.runId, await bench.another());
  await silent.release();
  await refused('run_in_progress', bench.store.lease(next.runId));
  await next.append(['one']);
  assert.deepEqual(await bench.lines(next.runId), ['one']);
}
