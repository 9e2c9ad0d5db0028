import { expect, test } from 'vitest';
import { assessOptions } from '../../src/assess-flags.ts';
import type { Config } from '../../src/config-file.ts';

const CONFIG: Config = {
  file: 'rlm.config.json',
  run: { rootModel: 'of-run', subModel: 'of-run', maxIterations: 5, maxBudgetUsd: 9 },
  assess: {
    judge: { rootModel: 'of-judge', maxSubCalls: 7 },
    gate: { failOn: 'low', minScore: 60 },
    presets: ['dry'],
    maxBudgetUsd: 3,
    base: 'develop',
  },
};

test('the configuration alone: what is said of assessing goes before what is said of every run', async () => {
  expect(await assessOptions(CONFIG, {}, '/')).toEqual({
    cwd: '/',
    base: 'develop',
    presets: ['dry'],
    maxBudgetUsd: 3,
    gate: { failOn: 'low', minScore: 60 },
    judge: { rootModel: 'of-judge', subModel: 'of-run', maxIterations: 5, maxSubCalls: 7 },
  });
});

test('flags win over both, one by one', async () => {
  const flags = { rootModel: 'of-flag', budget: 1, failOn: 'never', base: 'main', preset: ['security'], cache: false };
  expect(await assessOptions(CONFIG, flags, '/')).toEqual({
    cwd: '/',
    base: 'main',
    presets: ['security'],
    cache: false,
    maxBudgetUsd: 1,
    gate: { failOn: 'never', minScore: 60 },
    judge: { rootModel: 'of-flag', subModel: 'of-run', maxIterations: 5, maxSubCalls: 7 },
  });
});

test("the runs' budget is the budget of the call when nothing else is said", async () => {
  const options = await assessOptions({ file: null, run: { maxBudgetUsd: 9 }, assess: {} }, {}, '/');
  expect(options).toEqual({ cwd: '/', maxBudgetUsd: 9, gate: {}, judge: {} });
});
