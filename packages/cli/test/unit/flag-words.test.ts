import { expect, test } from 'vitest';
import { inFlags } from '../../src/exit/flag-words.ts';

test('a path that has such a word stays as it is', () => {
  const path = 'src/maxIterations.ts, maxIterations.ts and lib/maxSubCalls/a.ts cannot be read';
  expect(inFlags(path)).toBe(path);
});

test.each([
  ["To try things without a key, pass backend: 'offline' (a program).", 'pass --backend offline (a program)'],
  ['No answer in 20 iterations. Raise maxIterations, or ask for less.', 'Raise --max-iterations'],
  ['The budget of maxBudgetUsd is used up.', 'of --budget is'],
  ['Raise maxBudgetUsdPerWorker.', 'Raise --worker-budget.'],
  ['There are 3 files, more than 2. Pass less, or raise maxFiles of the context.', 'or raise --max-files.'],
  ['Too large to judge: a.js. Raise maxFileChars, or exclude it.', 'Raise --max-file-chars,'],
  ['set one of ANTHROPIC_API_KEY, or pass backend and apiKey.', 'pass --backend and set its key'],
  [
    'options.samples: Too small. options.gate.minAgreement: must be at most samples',
    '--samples: Too small. --min-agreement: must',
  ],
  ['Name another assessmentId to judge it.', 'Name another --assessment-id to'],
  ['options.assessmentId: must be given with store.', '--assessment-id: must be given with --store'],
  ['options.requireCoverage: Too small', 'options.requireCoverage: Too small'],
  ['judge: maxIterations must be a whole number', '--max-iterations must be'],
  ['needs a key: set GEMINI_API_KEY, or pass apiKey.', 'needs a key: set GEMINI_API_KEY.'],
  ['needs its address: pass baseUrl, or set VLLM_BASE_URL.', 'needs its address: set VLLM_BASE_URL.'],
  ["x is a directory. To take its files, pass { files: ['**'], cwd }.", 'To take its files, name them by --files.'],
  ["only with a function as the model, backend 'ollama', or", 'only with --backend ollama, or'],
  ['The run took longer than maxDurationMs (1.5 s).', 'than --max-duration (1.5 s)'],
])('a message of the library names the flag: %s', (message, expected) => {
  expect(inFlags(message)).toContain(expected);
});
