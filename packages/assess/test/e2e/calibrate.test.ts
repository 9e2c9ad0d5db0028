import type { Script } from '@rlm-bridge/fake-provider';
import { expect, test } from 'vitest';
import { type CalibrateOptions, calibrate, type Label, parseLabels } from '../../src/index.ts';
import { finds, judgeOptions, provider, scriptedJudge, together } from '../support/judge.ts';
import { Repository, temporaryFolder } from '../support/repository.ts';

// The figures of a judge whose faults are known: it sees what is called bad, takes what is odd for it, and misses the rest.

const FILES = {
  'bad.ts': 'one();\nbad(id);\n',
  'missed.ts': 'hidden(id);\n',
  'odd.ts': 'odd(id);\n',
  'fine.ts': 'fine(id);\n',
};
const LABELS = [
  { label: 'defect', file: 'bad.ts', lines: [2, 2], rule: 'bad-call', severity: 'critical' },
  { label: 'defect', file: 'missed.ts', lines: [1, 1], rule: 'bad-call', severity: 'high' },
  { label: 'clean', file: 'odd.ts' },
  { label: 'clean', file: 'fine.ts' },
];
const JSONL = LABELS.map((label) => JSON.stringify(label)).join('\n');
const JUDGE = scriptedJudge({
  review: together(
    finds(/bad\(/, { rule: 'bad-call', severity: 'critical', category: 'security' }),
    finds(/odd\(/, { rule: 'bad-call', severity: 'high', category: 'security' }),
  ),
});

async function work(files: Record<string, string> = FILES): Promise<string> {
  const folder = await Repository.at(await temporaryFolder());
  await folder.write(files);
  return folder.path;
}

async function calibrated(labels: readonly Label[], options: CalibrateOptions = {}, script: Script = JUDGE) {
  const fake = await provider(script);
  const cache = { dir: await temporaryFolder() };
  return await calibrate(labels, { cache, ...options, judge: { ...judgeOptions(fake), ...options.judge } });
}

test('labelled files: what was found, missed and false is in the figures, and so is what it cost', async () => {
  const result = await calibrated(parseLabels(JSONL), { cwd: await work() });
  expect(result.labels).toMatchObject({ works: 4, defects: 2, clean: 2, unjudged: [] });
  expect(result.overall.recall).toMatchObject({ hits: 1, of: 2 });
  expect(result.overall.precision).toMatchObject({ hits: 1, of: 2 });
  expect(result.missed).toMatchObject([{ file: 'missed.ts', rule: 'bad-call' }]);
  expect(result.falseFindings).toMatchObject([{ file: 'odd.ts' }]);
  expect(result.judge).toMatchObject({ rootModel: 'gpt-4.1', subModel: 'gpt-4o-mini', samples: 1 });
  expect(result.rlmMetrics.costUsd).toBeGreaterThan(0);
  // 20 by the cap of a critical finding, 50 by that of a high one, 80 by the level.
  expect(result.scores.bins.map(({ sound }) => [sound.hits, sound.of])).toEqual([
    [0, 0],
    [0, 0],
    [1, 2],
    [1, 2],
    [0, 0],
  ]);
});

test('a labelled commit is judged as its change, from the cache the second time', async () => {
  const repository = await Repository.create({ 'a.ts': 'bad(old);\n' });
  const commit = await repository.add('Work', { 'b.ts': 'bad(id);\n' });
  const labels = parseLabels(
    `{"label":"defect","commit":"${commit}","file":"b.ts","lines":[1,1],"rule":"bad-call","severity":"critical"}`,
  );
  const options = {
    cwd: repository.path,
    cache: { dir: await temporaryFolder() },
    judge: judgeOptions(await provider(JUDGE)),
  };
  const first = await calibrate(labels, options);
  expect([first.overall.recall.hits, first.unlabelled]).toEqual([1, []]);
  const again = await calibrate(labels, { ...options, previous: first });
  expect([again.rlmMetrics.costUsd, again.changes]).toEqual([0, { judge: [], sameLabels: true, figures: [] }]);
});

test('a work that cannot be judged is told and counts nowhere', async () => {
  const labels = parseLabels(`${JSONL}\n{"label":"clean","file":"gone.ts"}`);
  const result = await calibrated(labels, { cwd: await work() });
  expect(result.labels).toMatchObject({ works: 4, unjudged: [{ work: 'gone.ts' }] });
});

test('without labels, a model or a key nothing is judged', async () => {
  await expect(calibrated([])).rejects.toMatchObject({
    code: 'invalid_options',
    message: expect.stringContaining('labels'),
  });
  await expect(calibrated(parseLabels(JSONL), { targetPrecision: 1 })).rejects.toMatchObject({
    code: 'invalid_options',
  });
  const verifier = { model: 'x', backend: 'portkey' } as const;
  await expect(calibrated(parseLabels(JSONL), { verifier })).rejects.toMatchObject({
    code: 'invalid_options',
    message: expect.stringContaining('verifier: '),
  });
  const keyless = { backend: 'portkey', rootModel: 'x', apiKey: undefined } as const;
  await expect(calibrated(parseLabels(JSONL), { judge: keyless })).rejects.toMatchObject({ code: 'missing_api_key' });
});
