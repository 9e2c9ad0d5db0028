import { beforeAll, expect } from 'vitest';
import { ALONE } from './vitest-alone.ts';

// A file of tests that looks at the workers of its process finds none of the files before it, and what they are forked from.
beforeAll(async () => {
  const { testPath } = expect.getState();
  if (!ALONE.some((name) => testPath?.endsWith(`/${name}`))) return;
  // Loaded late: many files, as those of the command, start no workers themselves.
  const { endWorkers } = await import('../packages/rlm/test/e2e/support/end-workers.ts');
  const { gone, repls, workers } = await import('../packages/rlm/test/e2e/support/processes.ts');
  const before = [...workers(), ...repls()];
  await endWorkers();
  await gone(before);
});
