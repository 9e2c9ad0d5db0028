import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

interface VitestTest {
  status: string;
  fullName: string;
  ancestorTitles: string[];
  title: string;
  duration?: number | null;
}

export interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: {
    name: string;
    status: string;
    assertionResults: VitestTest[];
  }[];
}

export interface Timed {
  test: string;
  seconds: number;
}

/** A check that either holds or does not. */
export function countStep(succeeded: boolean): Counts {
  return { passed: succeeded ? 1 : 0, failed: succeeded ? 0 : 1, skipped: 0 };
}

/** From vitest's JSON report. A file that failed before its first test counts as one failure. */
export async function countVitest(report: string): Promise<Counts> {
  const json = JSON.parse(await readFile(report, 'utf8')) as VitestReport;
  const broken = json.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  return {
    passed: json.numPassedTests,
    failed: json.numFailedTests + broken.length,
    skipped: json.numPendingTests + json.numTodoTests,
  };
}

/** From pytest's JUnit report. */
export async function countPytest(report: string): Promise<Counts> {
  const suite = /<testsuite [^>]*>/.exec(await readFile(report, 'utf8'))?.[0] ?? '';
  const [tests, failures, errors, skipped] = ['tests', 'failures', 'errors', 'skipped'].map((name) =>
    Number(new RegExp(`\\b${name}="(\\d+)"`).exec(suite)?.[1]),
  ) as [number, number, number, number];
  return { passed: tests - failures - errors - skipped, failed: failures + errors, skipped };
}

/** How long each test took, from vitest's JSON report. */
export async function timeVitest(report: string): Promise<Timed[]> {
  const json = JSON.parse(await readFile(report, 'utf8')) as VitestReport;
  return json.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ fullName, duration }) => ({
      test: `${relative(process.cwd(), name)}: ${fullName}`,
      seconds: (duration ?? 0) / 1000,
    })),
  );
}

/** How long each test took, with what it had to set up, from pytest's JUnit report. */
export async function timePytest(report: string): Promise<Timed[]> {
  const cases = (await readFile(report, 'utf8')).matchAll(
    /<testcase classname="([^"]*)" name="([^"]*)" time="([\d.]+)"/g,
  );
  return [...cases].map(([, file, test, seconds]) => ({ test: `${file}: ${test}`, seconds: Number(seconds) }));
}
