import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import type { TestEnvironment } from './packages/rlm/test/e2e/support/environment.ts';
import LongestFirst from './scripts/vitest-longest-first.ts';

// Node keeps what it has compiled and stripped of types: the programs that tests start begin in half the time.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules/.cache/node');

// Timeouts are watchdogs: no test asserts a duration. All files are one queue: most wait for other processes, so more run at a
// time than there are processors.
const all = '{packages/*,scripts}/test/**/*.test.ts';
const endToEnd = 'packages/*/test/e2e/**/*.test.ts';
/** These drive the viewer's page in Chromium. */
const browser = 'packages/*/test/browser/**/*.test.ts';
const packed = 'packages/*/test/packed/**/*.test.ts';
/** What `npm test` leaves out besides: patterns with spaces between. `--exclude` of vitest says nothing to projects. */
const leftOut = process.env.RLM_TEST_LEFT_OUT?.split(' ') ?? [];
/** Where `*.environments.test.ts` start their REPLs; without the second one no `*.docker.test.ts` is run. */
const environments = (process.env.RLM_TEST_ENVIRONMENTS ?? 'local docker').split(' ') as TestEnvironment[];
const needDocker = environments.includes('docker') ? [] : ['**/*.docker.test.ts'];
const setupFiles = ['scripts/vitest-setup.ts'];
const endToEndSetup = [...setupFiles, 'scripts/vitest-no-workers.ts'];
const never = ['**/{node_modules,dist}/**', ...leftOut, ...needDocker];

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
        exclude: never,
        isolate: false,
        setupFiles: endToEndSetup,
        provide: { environments },
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
