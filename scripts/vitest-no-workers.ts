import { beforeAll } from 'vitest';
import { endWorkers } from '../packages/rlm/test/e2e/support/end-workers.ts';
import { gone, repls, workers } from '../packages/rlm/test/e2e/support/processes.ts';

// A file of tests that looks at the workers of its process finds none of the files before it, and what they are forked from.
beforeAll(async () => {
  const before = [...workers(), ...repls()];
  await endWorkers();
  await gone(before);
});
