import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { RunStore } from '../../api/run-store.ts';
import { type Bench, type Check, chunks, refused } from './bench.ts';

const MEGABYTE = 1024 * 1024;
const LARGE_MEGABYTES = 32;

export const blobChecks: readonly Check[] = [
  ['a blob is read as it was put, by its hash', asPut],
  ['an empty blob is a blob', empty],
  ['a blob of 32 megabytes streams through', large],
  ['the same content is one blob, put again or for another run', shared],
  ['a blob of another run is none of this one', ofAnother],
  ['what was never put is not found', missing],
  ['what the content throws is thrown, and nothing is kept', broken],
  ['a blob outlives the other runs that have it', outlives],
  ['blobs put and runs removed at once lose nothing', atOnce],
];

async function asPut(bench: Bench): Promise<void> {
  const lease = await bench.lease();
  const content = crypto.getRandomValues(new Uint8Array(3000));
  const blob = await lease.putBlob(chunks(content.subarray(0, 1), content.subarray(1, 2000), content.subarray(2000)));
  assert.deepEqual(blob, { sha256: sha256(content), bytes: 3000 });
  assert.deepEqual(await contentOf(bench.store, lease.runId, blob.sha256), Buffer.from(content));
}

async function empty(bench: Bench): Promise<void> {
  const lease = await bench.lease();
  const blob = await lease.putBlob(chunks());
  assert.deepEqual(blob, { sha256: sha256(Buffer.alloc(0)), bytes: 0 });
  assert.equal((await contentOf(bench.store, lease.runId, blob.sha256)).length, 0);
}

async function large(bench: Bench): Promise<void> {
  const lease = await bench.lease();
  const hash = createHash('sha256');
  // One buffer for all of it: a store that keeps what it was given keeps the last piece many times.
  const piece = Buffer.alloc(MEGABYTE);
  async function* pieces(): AsyncGenerator<Uint8Array, void, void> {
    for (let n = 0; n < LARGE_MEGABYTES; n++) {
      piece.fill(n);
      hash.update(piece);
      yield piece;
    }
  }
  const blob = await lease.putBlob(pieces());
  assert.deepEqual(blob, { sha256: hash.digest('hex'), bytes: LARGE_MEGABYTES * MEGABYTE });
  let [bytes, read] = [0, createHash('sha256')];
  for await (const chunk of bench.store.readBlob(lease.runId, blob.sha256)) {
    bytes += chunk.length;
    read = read.update(chunk);
  }
  assert.deepEqual({ sha256: read.digest('hex'), bytes }, blob);
}

async function shared(bench: Bench): Promise<void> {
  const [one, other] = [await bench.lease(), await bench.lease()];
  const first = await one.putBlob(chunks('the same'));
  assert.deepEqual(await one.putBlob(chunks('the ', 'same')), first);
  assert.deepEqual(await other.putBlob(chunks('the same')), first);
  for (let round = 0; round < 10; round++) {
    const all = await Promise.all(Array.from({ length: 8 }, () => one.putBlob(chunks(`at once, ${round}`))));
    for (const blob of all) assert.deepEqual(blob, all[0]);
  }
  for (const { runId } of [one, other]) {
    assert.equal(String(await contentOf(bench.store, runId, first.sha256)), 'the same');
  }
}

async function ofAnother(bench: Bench): Promise<void> {
  const [one, other] = [await bench.lease(), await bench.lease()];
  const { sha256 } = await one.putBlob(chunks('of one'));
  await refused('blob_not_found', bench.store.readBlob(other.runId, sha256));
}

async function missing(bench: Bench): Promise<void> {
  const { runId } = await bench.lease();
  for (const name of [sha256(Buffer.from('never put')), '', 'x', '../journal.jsonl']) {
    await refused('blob_not_found', bench.store.readBlob(runId, name));
  }
  await refused('blob_not_found', bench.store.readBlob(bench.newId(), sha256(Buffer.from('never put'))));
}

async function broken(bench: Bench): Promise<void> {
  const lease = await bench.lease();
  const fault = new Error('the content ends here');
  async function* pieces(): AsyncGenerator<Uint8Array, void, void> {
    yield Buffer.from('half');
    throw fault;
  }
  await assert.rejects(lease.putBlob(pieces()), (error) => error === fault);
  await refused('blob_not_found', bench.store.readBlob(lease.runId, sha256(Buffer.from('half'))));
  await lease.append(['goes on']);
}

async function outlives(bench: Bench): Promise<void> {
  const [one, other] = [await bench.lease(), await bench.lease()];
  const { sha256 } = await one.putBlob(chunks('of both'));
  await other.putBlob(chunks('of both'));
  await one.release();
  await bench.store.remove(one.runId);
  await refused('blob_not_found', bench.store.readBlob(one.runId, sha256));
  assert.equal(String(await contentOf(bench.store, other.runId, sha256)), 'of both');
}

async function atOnce(bench: Bench): Promise<void> {
  const content = `of all: ${crypto.randomUUID()}`;
  const round = async (): Promise<void> => {
    const store = await bench.another();
    for (let n = 0; n < 10; n++) {
      const lease = await bench.lease(bench.newId(), store);
      const { sha256 } = await lease.putBlob(chunks(content));
      assert.equal(String(await contentOf(store, lease.runId, sha256)), content);
      await lease.release();
      await store.remove(lease.runId);
    }
  };
  await Promise.all([round(), round(), round(), round()]);
}

async function contentOf(store: RunStore, runId: string, name: string): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(store.readBlob(runId, name)));
}

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
