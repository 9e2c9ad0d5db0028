import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fileStore } from '../../src/index.ts';

const MINUTE_MS = 60_000;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(folder, { recursive: true });
});

test('a lease that is released while its process says that it is there is released', async () => {
  const store = fileStore(folder);
  for (let n = 0; n < 50; n++) {
    const lease = await store.lease('run');
    vi.advanceTimersByTime(MINUTE_MS);
    await lease.release();
  }
  const [run] = await Array.fromAsync(store.list());
  expect(run).toMatchObject({ runId: 'run', isLeased: false });
});
