import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fileStore, type RunStore } from '../../src/index.ts';
import { ageLease } from '../leases.ts';
import { appendUntilKilled, StoreProcess } from '../store-process.ts';
import { until } from '../worker.ts';

// Real processes, killed and stopped where it hurts. Each test has runs of its own, and what kills none shares the processes.

let folder: string;
let store: RunStore;
let owner: StoreProcess;
let other: StoreProcess;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
  store = fileStore(folder);
  [owner, other] = [new StoreProcess(), new StoreProcess()];
  for (const process of [owner, other]) expect(await process.ask(`open ${folder}`)).toBe('done');
});
afterAll(async () => {
  await Promise.all([owner.kill(), other.kill()]);
  await rm(folder, { recursive: true });
});

const linesOf = async (runId: string) => await Array.fromAsync(store.read(runId));

test('killed in the middle of appends to two runs: every line that was told to be there is, in order, and both go on', async () => {
  const runIds = ['one', 'two'];
  const before = new Map(runIds.map((runId) => [runId, 0]));
  for (let life = 0; life < 3; life++) {
    const told = await appendUntilKilled(folder, runIds, 5 + 50 * life);
    for (const runId of runIds) {
      const numbers = (await linesOf(runId)).map((line) => Number(line.split(' ')[0]));
      expect(numbers).toEqual(numbers.map((_, n) => n));
      // Two lines at a time: none is there without the other.
      expect(numbers.length % 2).toBe(0);
      expect(Math.max(...(told.get(runId) ?? []))).toBeLessThan(numbers.length);
      expect(numbers.length).toBeGreaterThan(before.get(runId) ?? 0);
      before.set(runId, numbers.length);
    }
  }
});

test('a holder that was stopped and is taken for gone finds its lease lost when it goes on, and appends nothing', async () => {
  await owner.ask('lease stopped');
  await owner.ask('append stopped one');
  owner.signal('SIGSTOP');
  await ageLease(folder, 'stopped');
  await using next = await store.lease('stopped');
  await next.append(['two']);
  owner.signal('SIGCONT');
  expect(await owner.ask('append stopped late')).toBe('lease_lost');
  expect(await linesOf('stopped')).toEqual(['one', 'two']);
});

test('a holder that appends nothing hears of it by the signal', async () => {
  await owner.ask('lease silent');
  owner.signal('SIGSTOP');
  await ageLease(folder, 'silent');
  await using _next = await store.lease('silent');
  owner.signal('SIGCONT');
  expect(await owner.hear()).toBe('lost silent lease_lost');
});

test('a holder says again and again that it is there', async () => {
  await owner.ask('lease beating');
  await ageLease(folder, 'beating');
  await until(async () => (await Array.fromAsync(store.list())).find(({ runId }) => runId === 'beating')?.isLeased);
  await expect(store.lease('beating')).rejects.toMatchObject({ code: 'run_in_progress' });
});

test('two processes that race for a run 60 times: one gets it, the other is told', { timeout: 300_000 }, async () => {
  for (let round = 0; round < 60; round++) {
    // In turn: a new run, one that was released, one whose holder is silent.
    const runId = `run-${Math.floor(round / 3)}`;
    const answers = await Promise.all([owner.ask(`lease ${runId}`), other.ask(`lease ${runId}`)]);
    expect(answers.toSorted(), `round ${round}`).toEqual(['done 0', 'run_in_progress']);
    const winner = answers[0] === 'done 0' ? owner : other;
    if (round % 3 === 1) await ageLease(folder, runId);
    else expect(await winner.ask(`release ${runId}`)).toBe('done');
  }
});

test('the run of a living process is not free, though it is stopped, and that of a killed one is at once', async () => {
  expect(await other.ask('lease killed')).toBe('done 0');
  other.signal('SIGSTOP');
  await expect(store.lease('killed')).rejects.toMatchObject({
    code: 'run_in_progress',
    message: expect.stringContaining(`Process ${other.pid} has the run killed`),
  });
  await other.kill();
  await (await store.lease('killed')).release();
});
