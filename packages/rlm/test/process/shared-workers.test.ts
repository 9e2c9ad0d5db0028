import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { closeWorkers, configureWorkers, type RLMOptions, runRLM } from '../../src/index.ts';
import { PING_EVERY_MS, SILENT_ROUNDS } from '../../src/worker/policy.ts';
import { DEFAULT_RUNS_PER_WORKER } from '../../src/worker/pool.ts';
import { WorkerProcess } from '../../src/worker/worker-process.ts';
import { fixture, fixtureCommand, isAlive, runRequest, until } from '../worker.ts';

const options = (name: string, more: RLMOptions = {}): RLMOptions => ({
  backend: 'offline',
  environment: 'local',
  logDir: false,
  python: fixture(name),
  ...more,
});

afterEach(async () => {
  vi.useRealTimers();
  configureWorkers({ max: 10, runsPerWorker: DEFAULT_RUNS_PER_WORKER });
  await closeWorkers();
});

/** Runs that are under way until their cue is given; the answer of each is its worker's process. */
async function onCue(count: number, more: RLMOptions = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
  const cues = Array.from({ length: count }, (_, i) => join(folder, `${i}`));
  const runs = cues.map((cue) => runRLM('text', cue, options('answers-on-cue', more)));
  const started = () => cues.filter((cue) => existsSync(`${cue}.started`));
  const give = (which: string[]) => Promise.all(which.map((cue) => writeFile(cue, '')));
  return { cues, runs, started, give };
}

describe('a run goes to a worker that others are in', () => {
  test('and to another one when it is to share with nobody', async () => {
    const shared = await onCue(3);
    await until(() => shared.started().length === 3);
    const alone = await onCue(1, { isolation: 'process' });
    await until(() => alone.started().length === 1);
    const more = await onCue(1);
    await until(() => more.started().length === 1);
    for (const { give, cues } of [shared, alone, more]) await give(cues);
    const pids = async ({ runs }: typeof shared) => (await Promise.all(runs)).map(({ answer }) => answer);
    const [together, [own], [later]] = [await pids(shared), await pids(alone), await pids(more)];
    expect(new Set([...together, later]).size).toBe(1);
    expect(together).not.toContain(own);
  });

  test('and waits when every one is full', async () => {
    configureWorkers({ max: 1, runsPerWorker: 2 });
    const { cues, runs, started, give } = await onCue(3);
    await until(() => started().length === 2);
    const [first] = started();
    await give([first ?? '']);
    await runs[cues.indexOf(first ?? '')];
    await until(() => started().length === 3);
    await give(cues);
    expect(new Set((await Promise.all(runs)).map(({ answer }) => answer)).size).toBe(1);
  });

  test('that one which was aborted while their worker started does not start anew', async () => {
    const { cues, runs, started, give } = await onCue(2);
    runs[0]?.abort('no patience');
    await expect(runs[0]).rejects.toMatchObject({ code: 'aborted' });
    await give(cues);
    expect((await runs[1])?.success).toBe(true);
    expect(started()).toEqual([cues[1]]);
  });
});

test('the death of a worker fails each of its runs, each with its own bill and trajectory', async () => {
  const runs = ['1', '2', '3'].map((query) => runRLM('text', query, options('dies-with-three-runs')));
  const results = await Promise.all(runs);
  expect(results.map(({ stopReason }) => stopReason)).toEqual(Array(3).fill('worker_exit'));
  expect(results.map(({ costUsd }) => costUsd)).toEqual([0.25, 0.5, 0.75]);
  const partialAnswers = results.map((result) => (result.success ? null : result.partialAnswer));
  expect(partialAnswers).toEqual(['so far 1', 'so far 2', 'so far 3']);
});

test('the last words of a worker have no key of any of its runs', async () => {
  const never = new AbortController().signal;
  const worker = await WorkerProcess.start(fixtureCommand('says-its-keys'), never);
  const keys = ['sk-of-one-0123456789abcdef', 'sk-of-two-0123456789abcdef'];
  const ends = keys.map((apiKey, n) => {
    const request = runRequest(`${n}`);
    return worker.run({ ...request, secrets: { ...request.secrets, root: { apiKey, backendOptions: {} } } }, never);
  });
  for (const end of await Promise.all(ends)) {
    expect(end).toMatchObject({ code: 'worker_exit', workerStderr: 'its keys: [redacted] [redacted]' });
    expect(JSON.stringify(end)).not.toContain('sk-of-');
  }
});

describe('a run that does not end', () => {
  test.each([
    ['says-draining', 'whose worker says so'],
    ['says-nothing', 'whose worker says nothing'],
  ])('beside good ones (%s: %s) is settled at once, and its worker ends when the others have', async (query) => {
    const good = await onCue(1, { python: fixture('never-ends-one') });
    await until(() => good.started().length === 1);
    const stuck = runRLM('text', query, options('never-ends-one'));
    for await (const { type } of stuck) if (type === 'iteration.completed') break;
    stuck.abort('enough');
    await expect(stuck).rejects.toMatchObject({ code: 'aborted' });
    const pid = async () => (await runRLM('text', 'pid', options('never-ends-one'))).answer ?? '';
    const others = new Set([await pid()]);
    // A worker that says nothing may still have something to say, for a while.
    if (query === 'says-nothing') await until(async () => others.add(await pid()).size === 2);
    await good.give(good.cues);
    const worker = Number((await good.runs[0])?.answer);
    expect([...others].map(Number).indexOf(worker)).toBe(query === 'says-nothing' ? 0 : -1);
    await until(() => !isAlive(worker));
  });
});

test('a worker that does not answer is ended, and its runs with it; a busy one is not', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const never = new AbortController().signal;
  const worker = await WorkerProcess.start(fixtureCommand('answers-on-cue'), never);
  const folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
  const cue = join(folder, 'cue');
  const end = worker.run(runRequest('a', { query: cue }), never);
  await until(() => existsSync(`${cue}.started`));
  for (let round = 0; round < 2 * SILENT_ROUNDS; round++) {
    vi.advanceTimersByTime(PING_EVERY_MS);
    await worker.ping(never); // it has heard that, and answered what it was asked before
  }
  const { pid } = await worker.handshake();
  process.kill(pid, 'SIGSTOP');
  for (let round = 0; round <= SILENT_ROUNDS; round++) vi.advanceTimersByTime(PING_EVERY_MS);
  expect(await end).toMatchObject({ kind: 'failed', code: 'worker_exit', stopReason: 'worker_exit' });
  expect(await end).toHaveProperty('message', expect.stringContaining('has not answered for 60 s'));
  await worker.exited;
});
