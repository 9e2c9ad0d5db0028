import fs from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { fileStore } from '../../src/index.ts';

// How often the system is asked to write a journal, and to have the disk write it.

let folder: string;
let calls: { write: number; datasync: number };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
  const handle = await open(import.meta.filename);
  const prototype = Object.getPrototypeOf(handle);
  await handle.close();
  const { datasync } = prototype;
  vi.spyOn(prototype, 'datasync').mockImplementation(function (this: unknown) {
    calls.datasync++;
    return datasync.call(this);
  });
  const { writeSync } = fs;
  vi.spyOn(fs, 'writeSync').mockImplementation((...args: unknown[]) => {
    calls.write++;
    return (writeSync as (...args: unknown[]) => number)(...args);
  });
  syncBuiltinESMExports();
});
afterEach(() => vi.clearAllMocks());
afterAll(async () => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
  await rm(folder, { recursive: true });
});

/** 2,000 lines of a kilobyte from 64 callers, each of which waits for its own. */
async function appendMany(durability: 'process' | 'disk' | undefined): Promise<typeof calls> {
  await using lease = await fileStore(folder, { durability }).lease(`run-${durability}`);
  calls = { write: 0, datasync: 0 };
  let next = 0;
  const caller = async () => {
    while (next++ < 2_000) await lease.append(['x'.repeat(1_023)]);
  };
  await Promise.all(Array.from({ length: 64 }, caller));
  return { ...calls };
}

test.each(['process', undefined] as const)(
  'durability %s: what waits is one write, and nothing waits for the disk',
  async (durability) => {
    const { write, datasync } = await appendMany(durability);
    expect(datasync).toBe(0);
    expect(write).toBeLessThan(100);
  },
);

test('durability disk: each write waits for the disk, which serves all that waited', async () => {
  const { write, datasync } = await appendMany('disk');
  expect(datasync).toBeGreaterThan(0);
  expect(datasync).toBeLessThanOrEqual(write);
  expect(datasync).toBeLessThan(50);
});
