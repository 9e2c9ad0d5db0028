import { chmod } from 'node:fs/promises';
import cacache from 'cacache';
import { expect, onTestFinished, test, vi } from 'vitest';
import { z } from 'zod';
import { answerSchema } from '../../src/judge/answer.ts';
import { KeptJson } from '../../src/judge/kept-json.ts';
import { sampleSchema } from '../../src/judge/request.ts';
import { temporaryFolder } from '../support/repository.ts';

const KEY = 'rlm-assess:key';
const ANSWER = { dimensions: {}, criteria: {}, findings: [], summary: 'Read.' };
const SAMPLE = { answer: ANSWER, coverage: 1 };
const samples = (count: number) => z.array(sampleSchema(answerSchema([], []))).length(count);

async function kept(value: string): Promise<unknown> {
  const folder = await temporaryFolder();
  await cacache.put(folder, KEY, value);
  return await new KeptJson(KEY, folder).get(samples(2));
}

test('a judgement that was kept whole is taken', async () => {
  expect(await kept(JSON.stringify([SAMPLE, SAMPLE]))).toEqual([SAMPLE, SAMPLE]);
});

test.each([
  ['fewer samples than are asked for', [SAMPLE]],
  ['more samples', [SAMPLE, SAMPLE, SAMPLE]],
  ['no sample', []],
  ['a sample of an older form', [SAMPLE, { answer: ANSWER }]],
  ['coverage that is no fraction', [SAMPLE, { answer: ANSWER, coverage: null }]],
  ['coverage above all of it', [SAMPLE, { answer: ANSWER, coverage: 2 }]],
  ['a finding without a severity', [SAMPLE, { answer: { ...ANSWER, findings: [{ rule: 'r' }] }, coverage: 1 }]],
  ['a verdict of its own', [SAMPLE, { ...SAMPLE, verdict: 'pass' }]],
])('an entry of the cache with %s is no judgement: the work is judged again', async (_, value) => {
  expect(await kept(JSON.stringify(value))).toBeNull();
});

test('an entry of the cache that is damaged is no judgement', async () => {
  expect(await kept('[{"answer":')).toBeNull();
});

test('RLM_CACHE_DIR moves the cache of judgements, too', async () => {
  vi.stubEnv('RLM_CACHE_DIR', await temporaryFolder());
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  await new KeptJson(KEY).put([SAMPLE]);
  expect(await new KeptJson(KEY).get(samples(1))).toEqual([SAMPLE]);
  vi.stubEnv('RLM_CACHE_DIR', await temporaryFolder());
  expect(await new KeptJson(KEY).get(samples(1))).toBeNull();
});

test.each([
  ['the group', 0o775],
  ['everybody', 0o777],
])('a folder that %s can write gives no judgement and takes none, and that is said', async (_, mode) => {
  const folder = await temporaryFolder();
  await cacache.put(folder, KEY, JSON.stringify([SAMPLE]));
  await chmod(folder, mode);
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  onTestFinished(() => warned.mockRestore());
  const kept = new KeptJson(KEY, folder);
  expect(await kept.get(samples(1))).toBeNull();
  await kept.put([{ ...SAMPLE, coverage: 0.5 }]);
  expect(warned).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('chmod go-w'), expect.anything());
  await chmod(folder, 0o755);
  expect(await kept.get(samples(1))).toEqual([SAMPLE]);
});
