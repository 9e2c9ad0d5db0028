import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import LongestFirst from './scripts/vitest-longest-first.ts';

// Node keeps what it has compiled and stripped of types: the programs that tests start begin in half the time.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules/.cache/node');

// Timeouts are watchdogs: no test asserts a duration. All files are one queue: most wait for other processes, so more run at a
// time than there are processors.
const all = '{packages/*,scripts}/test/**/*.test.ts';
const endToEnd = 'packages/*/test/e2e/**/*.test.ts';
const docker = 'packages/*/test/e2e/**/*.docker.test.ts';
/** Each of these runs in both projects, and asks where it is. */
const environments = 'packages/*/test/e2e/**/*.environments.test.ts';
/** These drive the viewer's page in Chromium. */
const browser = 'packages/*/test/browser/**/*.test.ts';
const packed = 'packages/*/test/packed/**/*.test.ts';
/** What `npm test` leaves out besides: patterns with spaces between. `--exclude` of vitest says nothing to projects. */
const leftOut = process.env.RLM_TEST_LEFT_OUT?.split(' ') ?? [];
const setupFiles = ['scripts/vitest-setup.ts'];
const endToEndSetup = [...setupFiles, 'scripts/vitest-no-workers.ts'];
const never = ['**/{node_modules,dist}/**', ...leftOut];

export default defineConfig({
  test: {
    globalSetup: ['scripts/vitest-temp-folder.ts'],
    maxWorkers: Math.min(12, 3 * availableParallelism()),
    sequence: { sequencer: LongestFirst },
    projects: [
      // Several files share a process, which loads what it needs once: a unit test leaves nothing behind.
      project({ name: 'unit', include: [all], exclude: [endToEnd, browser, packed, ...never], isolate: false }),
      // So do these: most find a worker warm, and what workers are forked from.
      project({
        name: 'e2e',
        include: [endToEnd],
        exclude: [docker, ...never],
        isolate: false,
        setupFiles: endToEndSetup,
        provide: { environment: 'local' },
      }),
      project({
        name: 'docker',
        include: [docker, environments],
        exclude: never,
        isolate: false,
        setupFiles: endToEndSetup,
        provide: { environment: 'docker' },
      }),
      project({
        name: 'browser',
        include: [browser],
        exclude: never,
        isolate: false,
        globalSetup: ['packages/viewer/test/browser/support/built-page.ts'],
      }),
      // Whoever uses a package is a process of its own.
      project({
        name: 'packed',
        include: [packed],
        exclude: never,
        isolate: false,
        globalSetup: ['tarballs', 'projects'].map((name) => `packages/consumers/test/support/${name}.ts`),
      }),
    ],
  },
});

function project(test: NonNullable<TestProjectInlineConfiguration['test']>): TestProjectInlineConfiguration {
  const conditions = ['@rlm-bridge/source', 'node', 'import', 'module', 'default'];
  return {
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      pool: 'forks',
      setupFiles,
      expect: { poll: { timeout: 60_000 } },
      testTimeout: 300_000,
      hookTimeout: 300_000,
      ...test,
    },
  };
}
