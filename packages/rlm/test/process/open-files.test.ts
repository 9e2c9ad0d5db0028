import { mkdir, mkdtemp, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileStore, type RunStore } from '../../src/index.ts';
import { RecordedEffects } from '../../src/journal/recorded-effects.ts';
import { RecordedFile } from '../../src/run/recorded-file.ts';
import { until } from '../worker.ts';

// A file that is left open to Node's garbage collection ends the process, from Node 26 on.

let folder: string;
let store: RunStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
  store = fileStore(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The files of the folder that this process has open, removed ones among them. */
async function openFiles(): Promise<string[]> {
  const names = await readdir('/proc/self/fd');
  const paths = await Promise.all(names.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => '')));
  return paths.filter((path) => path.startsWith(folder));
}

test('a lease has two files open, and none once it is lost, though nobody releases it', async () => {
  const lease = await store.lease('run');
  expect(await openFiles()).toHaveLength(2);
  await rm(join(folder, 'runs/run'), { recursive: true });
  await expect(lease.append(['late'])).rejects.toMatchObject({ code: 'store_failed' });
  await until(async () => (await openFiles()).length === 0);
  await expect(lease.append(['later'])).rejects.toBe(lease.lost.reason);
  await lease.release();
});

test('a lease that cannot be taken leaves none open', async () => {
  await (await store.lease('run')).release();
  // What another process appends to cannot be moved away.
  await writeFile(join(folder, 'runs/run/effects.jsonl'), '');
  await mkdir(join(folder, 'runs/run/effects.left.jsonl/not-empty'), { recursive: true });
  await expect(store.lease('run')).rejects.toMatchObject({ code: 'store_failed' });
  expect(await openFiles()).toEqual([]);
});

test('what a worker is given of a run is closed and removed, in the middle of it too', async () => {
  const recorded = await RecordedFile.create(folder, new RecordedEffects([]));
  expect(await openFiles()).toEqual([recorded.path]);
  await recorded.remove();
  expect([await openFiles(), await readdir(folder)]).toEqual([[], []]);
});
