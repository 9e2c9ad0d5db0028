import { beforeAll, describe, expect, inject } from 'vitest';
import { isAlone } from '../../../../../scripts/vitest-alone.ts';
import { withoutWorkers } from './end-workers.ts';

/** Where REPLs are started. */
export type TestEnvironment = 'local' | 'docker';

declare module 'vitest' {
  interface ProvidedContext {
    environments: TestEnvironment[];
  }
}

/** The tests of an `*.environments.test.ts`, in one environment after the other; what finds no workers finds none in each. */
export function inEachEnvironment(tests: (environment: TestEnvironment) => void): void {
  describe.each(inject('environments'))('%s', (environment) => {
    beforeAll(async () => {
      if (isAlone(expect.getState().testPath)) await withoutWorkers();
    });
    tests(environment);
  });
}
