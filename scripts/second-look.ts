import type { Counts } from './test-counts.ts';
import type { Steps } from './test-steps.ts';

// Few failed tests are looked at again, each by itself, when all else has ended: a test that a busy machine was too slow for is
// told from one that is wrong. Both outcomes are printed.

/** More failed tests than these are no chance. */
export const MOST_TESTS = 5;

/** A test that failed, and the program that runs it by itself. */
export interface FailedTest {
  readonly name: string;
  readonly command: string;
  readonly args: string[];
  readonly count: () => Promise<Counts>;
}

/** A step that runs tests. */
export interface TestedStep {
  readonly step: string;
  /** Its exit code where tests failed and nothing else went wrong. */
  readonly testsFailed: number;
  readonly failedTests: () => Promise<FailedTest[]>;
}

/** Counts as passed what passes alone, and gives the names of that. A step that something else went wrong in, too, stays as it was. */
export async function secondLook(steps: Steps, tested: TestedStep[]): Promise<string[]> {
  const failed = tested.reduce((sum, { step }) => sum + (steps.ended.get(step)?.counts.failed ?? 0), 0);
  if (failed > MOST_TESTS) return [];
  const passedAlone: string[] = [];
  for (const { step, testsFailed, failedTests } of tested) {
    const first = steps.ended.get(step);
    if (first === undefined || first.counts.failed === 0 || first.exitCode !== testsFailed) continue;
    const tests = await failedTests().catch(() => []);
    const passed = await passing(steps, tests);
    passedAlone.push(...passed);
    if (passed.length === 0) continue;
    const all = first.counts.passed + first.counts.failed;
    const failedAgain = tests.length - passed.length;
    steps.add(step, { ...first.counts, passed: all - failedAgain, failed: failedAgain });
  }
  return passedAlone;
}

/** The names of those that pass, one after the other. */
async function passing(steps: Steps, tests: FailedTest[]): Promise<string[]> {
  const names: string[] = [];
  for (const { name, command, args, count } of tests) {
    const { counts } = await steps.look(`again, alone: ${name}`, command, args, count);
    if (counts.failed === 0) names.push(name);
  }
  return names;
}
