import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { closeWorkers, configureWorkers, type RLMOptions, runRLM } from '../../src/index.ts';
import { DEFAULT_IDLE_MS, DEFAULT_RUNS_PER_WORKER } from '../../src/worker/pool.ts';
import { fixture, isAlive, until } from '../worker.ts';

const options = (name: string, isolation: RLMOptions['isolation'] = 'shared'): RLMOptions => ({
  isolation,
  backend: 'offline',
  environment: 'local',
  logDir: false,
  python: fixture(name),
});

afterEach(async () => {
  configureWorkers({ max: 10, runsPerWorker: DEFAULT_RUNS_PER_WORKER, idleMs: DEFAULT_IDLE_MS });
  await closeWorkers();
});

test('ten alone in their workers run at once and the eleventh waits for one of them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
  const cues = Array.from({ length: 11 }, (_, i) => join(folder, `${i}`));
  const runs = cues.map((cue) => runRLM('text', cue, options('answers-on-cue', 'process')));
  const started = () => cues.filter((cue) => existsSync(`${cue}.started`));
  await until(() => started().length === 10);
  const [waiting] = cues.filter((cue) => !started().includes(cue));
  const first = started()[0] ?? '';
  await writeFile(first, '');
  const freed = await runs[cues.indexOf(first)];
  await until(() => started().length === 11);
  for (const cue of cues) await writeFile(cue, '');
  const results = await Promise.all(runs);
  const pids = results.map(({ answer }) => answer);
  expect(new Set(pids).size).toBe(10);
  expect(results[cues.indexOf(waiting ?? '')]?.answer).toBe(freed?.answer);
});

test('an abort while waiting for a worker rejects and leaves the others alone', async () => {
  configureWorkers({ max: 1, runsPerWorker: 1 });
  const cue = join(await mkdtemp(join(tmpdir(), 'rlm-test-')), 'cue');
  const first = runRLM('text', cue, options('answers-on-cue'));
  const second = runRLM('text', 'q', options('answers-on-cue'));
  await until(() => existsSync(`${cue}.started`));
  second.abort('no patience');
  await expect(second).rejects.toMatchObject({ code: 'aborted', cause: 'no patience' });
  await writeFile(cue, '');
  expect((await first).success).toBe(true);
});

test('an unused worker serves the next run, and ends when it is not needed', async () => {
  const pid = async () => JSON.parse((await runRLM('text', 'q', options('answers'))).answer ?? '').pid as number;
  const first = await pid();
  expect(await pid()).toBe(first);
  configureWorkers({ idleMs: 0 });
  expect(await pid()).toBe(first);
  await until(() => !isAlive(first));
  expect(await pid()).not.toBe(first);
});

test('a worker that is on its way out is not given another run', async () => {
  const pid = async () =>
    JSON.parse((await runRLM('text', 'q', options('leaves-after-a-run'))).answer ?? '').pid as number;
  const first = await pid();
  expect(await pid()).not.toBe(first);
  await until(() => !isAlive(first));
});

test('a worker with other variables is another worker', async () => {
  const pid = async () => JSON.parse((await runRLM('text', 'q', options('answers'))).answer ?? '').pid as number;
  const first = await pid();
  process.env.DOCKER_HOST = 'unix:///elsewhere.sock';
  expect(await pid()).not.toBe(first);
  delete process.env.DOCKER_HOST;
});

test.each([{ max: 0 }, { max: 1.5 }, { runsPerWorker: 0 }, { idleMs: -1 }])(
  'configureWorkers(%j) is refused',
  (settings) => {
    expect(() => configureWorkers(settings)).toThrow(expect.objectContaining({ code: 'invalid_options' }));
  },
);
