import { beforeAll, expect } from 'vitest';
import { isAlone } from './vitest-alone.ts';

// A file of tests that looks at the workers of its process finds none of the files before it, and what they are forked from.
beforeAll(async () => {
  if (!isAlone(expect.getState().testPath)) return;
  // Loaded late: many files, as those of the command, start no workers themselves.
  const { withoutWorkers } = await import('../packages/rlm/test/e2e/support/end-workers.ts');
  await withoutWorkers();
});
