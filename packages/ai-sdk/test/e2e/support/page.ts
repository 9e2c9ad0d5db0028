import { resolve } from 'node:path';

/** The package that the programs of docs/ai-sdk.md are in. */
export const PAGE_HOME = resolve(import.meta.dirname, '../../..');

/** What they import besides packages. */
export const PAGE_FILES = {
  'model.ts': `import { callingModel } from '../../test/e2e/support/mock-models.ts';

export const model = callingModel('readBook', { query: 'Who raised the alarm?' });
`,
};
