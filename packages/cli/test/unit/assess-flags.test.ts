import { expect, test } from 'vitest';
import { assessOptions } from '../../src/actions/gate.ts';
import type { Config } from '../../src/configuration/config.ts';
import type { AssessFlags } from '../../src/flags/assess-flags.ts';

const CONFIG: Config = {
  file: 'rlm.config.json',
  run: { rootModel: 'of-run', subModel: 'of-run', maxIterations: 5, maxBudgetUsd: 9 },
  assess: {
    judge: { rootModel: 'of-judge', maxSubCalls: 7, environment: 'auto', quiet: true },
    gate: { failOn: 'low', minScore: 60 },
    presets: ['dry'],
    maxBudgetUsd: 3,
    base: 'develop',
  },
};
const NO_FILES = {
  rubric: undefined,
  criteria: undefined,
  context: undefined,
  baseline: undefined,
  previous: undefined,
  globs: [],
};

const optionsOf = (config: Config, flags: AssessFlags = {}) => assessOptions(config, flags, NO_FILES, '/');

test('the configuration alone: what is said of assessing goes before what is said of every run', () => {
  expect(optionsOf(CONFIG)).toEqual({
    cwd: '/',
    base: 'develop',
    presets: ['dry'],
    maxBudgetUsd: 3,
    policyFiles: [],
    gate: { failOn: 'low', minScore: 60 },
    judge: {
      rootModel: 'of-judge',
      subModel: 'of-run',
      maxIterations: 5,
      maxSubCalls: 7,
      environment: 'auto',
      quiet: true,
    },
  });
});

test('flags win over both, one by one, where they do not make the gate looser', () => {
  const flags = { rootModel: 'of-flag', budget: 1, failOn: 'never', base: 'main', preset: ['security'], cache: false };
  expect(optionsOf(CONFIG, flags)).toEqual({
    cwd: '/',
    base: 'main',
    presets: ['security', 'dry'],
    cache: false,
    maxBudgetUsd: 1,
    policyFiles: [],
    gate: { failOn: 'low', minScore: 60 },
    judge: {
      rootModel: 'of-flag',
      subModel: 'of-run',
      maxIterations: 5,
      maxSubCalls: 7,
      environment: 'auto',
      quiet: true,
    },
  });
});

test("the runs' budget is the budget of the call when nothing else is said", () => {
  const options = optionsOf({ file: null, run: { maxBudgetUsd: 9 }, assess: {} });
  expect(options).toEqual({
    cwd: '/',
    maxBudgetUsd: 9,
    policyFiles: [],
    gate: {},
    judge: { environment: 'auto', quiet: true },
  });
});

test('a judge of which something is undefined is the judge of every run there', () => {
  const rootModel = async () => ({ text: 'x' });
  const filed = { judge: { rootModel, maxIterations: undefined } };
  expect(optionsOf({ ...CONFIG, assess: filed }).judge).toMatchObject({ rootModel, maxIterations: 5 });
});

test('--cache-dir is a folder of this one, goes before the configuration, and not with --no-cache', () => {
  const config = { ...CONFIG, assess: { cache: { dir: '/filed' } } };
  expect(optionsOf(config).cache).toEqual({ dir: '/filed' });
  expect(optionsOf(config, { cacheDir: 'kept', cache: true }).cache).toEqual({ dir: '/kept' });
  expect(optionsOf(config, { cache: false }).cache).toBe(false);
  expect(() => optionsOf(config, { cacheDir: 'kept', cache: false })).toThrow('Pass --cache-dir or --no-cache');
});
