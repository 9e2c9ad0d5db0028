import files, { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fileStore } from '../../src/store/file-store.ts';

const NAMES = ['open', 'readdir', 'lstat', 'stat'] as const;

/** Counts what the file system is asked for while something works. */
async function counted<T>(
  work: () => Promise<T>,
): Promise<{ value: T; asked: Record<(typeof NAMES)[number], number> }> {
  const asked = { open: 0, readdir: 0, lstat: 0, stat: 0 };
  const real = { ...files };
  for (const name of NAMES) {
    const call = real[name] as (...args: unknown[]) => unknown;
    Object.assign(files, {
      [name]: (...args: unknown[]) => {
        asked[name] += 1;
        return call(...args);
      },
    });
  }
  syncBuiltinESMExports();
  try {
    return { value: await work(), asked };
  } finally {
    Object.assign(files, real);
    syncBuiltinESMExports();
  }
}

const RUNS = 40;

/** A store with runs that were given back a while ago. */
async function storeOfRuns() {
  const folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const store = fileStore(folder);
  for (let run = 0; run < RUNS; run += 1) {
    await using lease = await store.lease(`run-${run}`);
    await lease.append(['{}']);
  }
  const runs = join(folder, 'runs');
  const before = new Date(Date.now() - 60_000);
  for (const name of await readdir(runs)) await utimes(join(runs, name), before, before);
  const list = () => counted(() => Array.fromAsync(store.list()));
  return { store, list, folder };
}

test('a list opens one file of each run, and none of a run that was given back when it is asked for again', async () => {
  const { list } = await storeOfRuns();
  const first = await list();
  expect(first.value).toHaveLength(RUNS);
  expect(first.asked).toMatchObject({ open: RUNS, readdir: RUNS + 1 });
  expect(first.asked.lstat + first.asked.stat).toBeLessThanOrEqual(2 * RUNS + 5);
  const second = await list();
  expect(second.value).toEqual(first.value);
  expect(second.asked).toMatchObject({ open: 0, readdir: 1 });
});

test('a run that is leased again, grows, is given back, is removed or is new is told as it is', async () => {
  const { store, list } = await storeOfRuns();
  const [{ bytes = 0 } = {}] = (await list()).value;
  const of = async (id: string) => (await list()).value.find(({ runId }) => runId === id);
  {
    await using lease = await store.lease('run-7');
    const { value, asked } = await list();
    expect(value.find(({ runId }) => runId === 'run-7')).toMatchObject({ isLeased: true, bytes });
    expect(asked.open).toBe(1);
    await lease.append(['{"more":1}']);
    expect(await of('run-7')).toMatchObject({ isLeased: true, bytes: bytes + 11 });
  }
  expect(await of('run-7')).toMatchObject({ isLeased: false, bytes: bytes + 11 });
  await store.remove('run-8');
  expect(await of('run-8')).toBeUndefined();
  await using _ = await store.lease('run-8');
  expect(await of('run-8')).toMatchObject({ isLeased: true, bytes: 0 });
});
