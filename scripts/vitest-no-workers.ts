import { beforeAll } from 'vitest';
import { closeWorkers } from '../packages/rlm/src/index.ts';
import { descendants, gone } from '../packages/rlm/test/e2e/support/processes.ts';

// A file of tests that looks at the children of its process finds none of the files before it.
beforeAll(async () => {
  await closeWorkers();
  await gone(descendants());
});
