import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileStore, type RunStore } from '../../src/index.ts';
import { ageLease } from '../leases.ts';
import { appendUntilKilled, StoreProcess } from '../store-process.ts';
import { until } from '../worker.ts';

// Real processes, killed and stopped where it hurts.

let folder: string;
let store: RunStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
  store = fileStore(folder);
});
afterEach(() => rm(folder, { recursive: true }));

const linesOf = async (runId: string) => await Array.fromAsync(store.read(runId));

test('killed in the middle of appends: every line that was told to be there is, in order, and the run goes on', async () => {
  let before = 0;
  for (let life = 0; life < 8; life++) {
    const told = await appendUntilKilled(folder, 'run', 20 + 30 * life);
    const numbers = (await linesOf('run')).map((line) => Number(line.split(' ')[0]));
    expect(numbers).toEqual(numbers.map((_, n) => n));
    // Two lines at a time: none is there without the other.
    expect(numbers.length % 2).toBe(0);
    expect(Math.max(...told)).toBeLessThan(numbers.length);
    expect(numbers.length).toBeGreaterThan(before);
    before = numbers.length;
  }
});

test('the run of a killed process is free at once, and of a living one it is not, though it is stopped', async () => {
  await using owner = await StoreProcess.start(folder);
  expect(await owner.ask('lease run')).toBe('done 0');
  owner.signal('SIGSTOP');
  await expect(store.lease('run')).rejects.toMatchObject({
    code: 'run_in_progress',
    message: expect.stringContaining(`Process ${owner.pid} has the run run`),
  });
  await owner.kill();
  await (await store.lease('run')).release();
});

test('a holder that was stopped and is taken for gone finds its lease lost when it goes on, and appends nothing', async () => {
  await using owner = await StoreProcess.start(folder);
  await owner.ask('lease run');
  await owner.ask('append run one');
  owner.signal('SIGSTOP');
  await ageLease(folder, 'run');
  await using next = await store.lease('run');
  await next.append(['two']);
  owner.signal('SIGCONT');
  expect(await owner.ask('append run late')).toBe('lease_lost');
  expect(await linesOf('run')).toEqual(['one', 'two']);
});

test('a holder that appends nothing hears of it by the signal', async () => {
  await using owner = await StoreProcess.start(folder);
  await owner.ask('lease run');
  owner.signal('SIGSTOP');
  await ageLease(folder, 'run');
  await using _next = await store.lease('run');
  owner.signal('SIGCONT');
  expect(await owner.hear()).toBe('lost run lease_lost');
});

test('a holder says again and again that it is there', async () => {
  await using owner = await StoreProcess.start(folder);
  await owner.ask('lease run');
  await ageLease(folder, 'run');
  await until(async () => (await Array.fromAsync(store.list()))[0]?.isLeased);
  await expect(store.lease('run')).rejects.toMatchObject({ code: 'run_in_progress' });
});

test('two processes that race for a run 200 times: one gets it, the other is told', { timeout: 300_000 }, async () => {
  await using one = await StoreProcess.start(folder);
  await using other = await StoreProcess.start(folder);
  for (let round = 0; round < 200; round++) {
    // In turn: a new run, one that was released, one whose holder is silent.
    const runId = `run-${Math.floor(round / 3)}`;
    const answers = await Promise.all([one.ask(`lease ${runId}`), other.ask(`lease ${runId}`)]);
    expect(answers.toSorted(), `round ${round}`).toEqual(['done 0', 'run_in_progress']);
    const winner = answers[0] === 'done 0' ? one : other;
    if (round % 3 === 1) await ageLease(folder, runId);
    else expect(await winner.ask(`release ${runId}`)).toBe('done');
  }
});
