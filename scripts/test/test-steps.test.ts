import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { countPytest, countVitest, timePytest, timeVitest } from '../test-counts.ts';
import { Steps } from '../test-steps.ts';

let folder: string;
let printed: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
  printed = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => printed.push(line));
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

const counted = (passed: number, failed: number) => async () => ({ passed, failed, skipped: 0 });
const unreadable = async () => Promise.reject(new Error('no such file'));

test.each([
  ['passes', 'exit 0', undefined, { passed: 1, failed: 0 }],
  ['fails', 'exit 1', undefined, { passed: 0, failed: 1 }],
  ['is killed', 'kill -9 $$', undefined, { passed: 0, failed: 1 }],
  ['passes its tests', 'exit 0', counted(7, 0), { passed: 7, failed: 0 }],
  ['fails two tests', 'exit 1', counted(5, 2), { passed: 5, failed: 2 }],
  ['fails with no failed test: an error outside of the tests', 'exit 1', counted(7, 0), { passed: 7, failed: 1 }],
  ['is killed before its report', 'kill -9 $$', unreadable, { passed: 0, failed: 1 }],
  ['is killed after its report', 'kill -9 $$', counted(7, 0), { passed: 7, failed: 1 }],
  ['writes no report', 'exit 0', unreadable, { passed: 0, failed: 1 }],
  ['finds no tests', 'exit 0', counted(0, 0), { passed: 0, failed: 1 }],
  ['reports a failure and ends well', 'exit 0', counted(6, 1), { passed: 6, failed: 1 }],
])('a step that %s', async (name, program, count, totals) => {
  const steps = new Steps(folder);
  await steps.run(name, 'sh', ['-c', program], count);
  expect(steps.totals).toEqual({ ...totals, skipped: 0 });
  expect(steps.failures).toEqual(totals.failed > 0 ? [name] : []);
});

test('a program that is not there is a failed step', async () => {
  const steps = new Steps(folder);
  await steps.run('missing', 'no-such-program', []);
  expect(steps.totals).toEqual({ passed: 0, failed: 1, skipped: 0 });
  expect(printed.join('\n')).toContain('no-such-program');
});

test('what steps print side by side is whole, each in one piece', async () => {
  const steps = new Steps(folder);
  const shout = (word: string) => `for i in 1 2 3; do echo ${word} $i; echo ${word} $i >&2; done`;
  await Promise.all(['a', 'b'].map((word) => steps.run(word, 'sh', ['-c', shout(word)])));
  for (const word of ['a', 'b']) {
    const [piece] = printed.filter((text) => text.includes(`${word} 1`));
    expect(piece?.match(new RegExp(`^${word} \\d$`, 'gm'))?.sort()).toEqual(
      [1, 1, 2, 2, 3, 3].map((i) => `${word} ${i}`),
    );
  }
});

test('only the steps of a name', async () => {
  const steps = new Steps(folder, 'types');
  await steps.run('types of scripts', 'true', []);
  await steps.run('biome', 'false', []);
  expect(steps.totals).toEqual({ passed: 1, failed: 0, skipped: 0 });
});

test('vitest: a file that fails before its first test is a failure, and each test has its time', async () => {
  const tests = [{ status: 'passed', fullName: 'it holds', duration: 1500 }];
  const testResults = [
    { name: join(process.cwd(), 'a.test.ts'), status: 'passed', assertionResults: tests },
    { name: join(process.cwd(), 'b.test.ts'), status: 'failed', assertionResults: [] },
  ];
  const counts = { numPassedTests: 1, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 };
  const report = await reportOf(JSON.stringify({ ...counts, testResults }));
  expect(await countVitest(report)).toEqual({ passed: 1, failed: 1, skipped: 0 });
  expect(await timeVitest(report)).toEqual([{ test: 'a.test.ts: it holds', seconds: 1.5 }]);
});

test('pytest: failures and errors are failures, and each test has its time', async () => {
  const report =
    await reportOf(`<testsuites><testsuite name="pytest" errors="1" failures="2" skipped="1" tests="9" time="3">
    <testcase classname="tests.test_a" name="test_it[x]" time="2.250" /></testsuite></testsuites>`);
  expect(await countPytest(report)).toEqual({ passed: 5, failed: 3, skipped: 1 });
  expect(await timePytest(report)).toEqual([{ test: 'tests.test_a: test_it[x]', seconds: 2.25 }]);
});

async function reportOf(text: string): Promise<string> {
  const file = join(folder, 'report');
  await writeFile(file, text);
  return file;
}
