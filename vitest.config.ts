import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

// Timeouts are watchdogs: no test asserts a duration. Projects run one after the other, Docker's one file at a time.
const all = '{packages/*,scripts}/test/**/*.test.ts';
const endToEnd = 'packages/*/test/e2e/**/*.test.ts';
const docker = 'packages/*/test/e2e/**/*.docker.test.ts';
/** Each of these runs in both projects, and asks where it is. */
const environments = 'packages/*/test/e2e/**/*.environments.test.ts';
const never = '**/{node_modules,dist}/**';

export default defineConfig({
  test: {
    globalSetup: ['scripts/vitest-temp-folder.ts'],
    maxWorkers: 2,
    projects: [
      project({ name: 'unit', include: [all], exclude: [endToEnd, never], testTimeout: 30_000 }),
      project({
        name: 'e2e',
        include: [endToEnd],
        exclude: [docker, never],
        provide: { environment: 'local' },
        sequence: { groupOrder: 1 },
      }),
      project({
        name: 'docker',
        include: [docker, environments],
        exclude: [never],
        provide: { environment: 'docker' },
        maxWorkers: 1,
        sequence: { groupOrder: 2 },
      }),
    ],
  },
});

function project(test: NonNullable<TestProjectInlineConfiguration['test']>): TestProjectInlineConfiguration {
  const conditions = ['source', 'node', 'import', 'module', 'default'];
  return {
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      pool: 'forks',
      setupFiles: ['scripts/vitest-setup.ts'],
      // A package below the AI SDK has a condition "source" too, of TypeScript that Node does not run in node_modules.
      server: { deps: { inline: ['ai', /@ai-sdk\//, 'eventsource-parser'] } },
      testTimeout: 120_000,
      hookTimeout: 300_000,
      ...test,
    },
  };
}
