import type { Reporter } from 'vitest/node';

/** What vitest exits with where tests failed and nothing else went wrong; what goes wrong when it closes makes 1 of it. */
export const TESTS_FAILED = 10;

/** Vitest says 1 for a failed test, for an error outside of the tests and for a set-up that does not end well. */
export default class ExitCode implements Reporter {
  onTestRunEnd: NonNullable<Reporter['onTestRunEnd']> = (_modules, unhandledErrors, reason) => {
    if (reason === 'failed' && unhandledErrors.length === 0) process.exitCode = TESTS_FAILED;
  };
}
