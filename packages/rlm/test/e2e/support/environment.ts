import { inject } from 'vitest';

export type TestEnvironment = 'local' | 'docker';

declare module 'vitest' {
  interface ProvidedContext {
    environment: TestEnvironment;
  }
}

/** Where this run of the file starts its REPLs: `*.environments.test.ts` run once in each. */
export const environment = inject('environment');
