import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type FailedTest, MOST_TESTS, secondLook } from '../second-look.ts';
import { Steps } from '../test-steps.ts';

const TESTS_FAILED = 10;
const TESTS = 7;

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

/** What a program of tests wrote: how many passed, and which failed. */
interface Report {
  passed: number;
  failed: string[];
}

/** A step whose program fails `first`, and of these, run alone, `always`; each run alone adds a line to a file. */
async function looked(first: string[], always: string[], exitCode = TESTS_FAILED) {
  const steps = new Steps(folder);
  const report = join(folder, 'report.json');
  await writeFile(join(folder, 'ran'), '');
  const program = (written: Report, code: number) =>
    `printf '%s' '${JSON.stringify(written)}' >${report}; exit ${code}`;
  const read = async () => JSON.parse(await readFile(report, 'utf8')) as Report;
  const count = async () => {
    const { passed, failed } = await read();
    return { passed, failed: failed.length, skipped: 0 };
  };
  await steps.run('tests', 'sh', ['-c', program({ passed: TESTS - first.length, failed: first }, exitCode)], count);
  const failedTests = async (): Promise<FailedTest[]> =>
    (await read()).failed.map((name) => {
      const fails = always.includes(name);
      const written = fails ? { passed: 0, failed: [name] } : { passed: 1, failed: [] };
      const alone = `echo ${name} >>${join(folder, 'ran')}; echo alone, ${name}; ${program(written, fails ? TESTS_FAILED : 0)}`;
      return { name, command: 'sh', args: ['-c', alone], count };
    });
  const passedAlone = await secondLook(steps, [{ step: 'tests', testsFailed: TESTS_FAILED, failedTests }]);
  const ran = (await readFile(join(folder, 'ran'), 'utf8')).split('\n').slice(0, -1);
  return { passedAlone, ran, totals: steps.totals, failures: steps.failures };
}

test('tests that pass alone count as passed, are named, and what they print then is printed', async () => {
  expect(await looked(['a', 'b'], [])).toEqual({
    passedAlone: ['a', 'b'],
    ran: ['a', 'b'],
    totals: { passed: TESTS, failed: 0, skipped: 0 },
    failures: [],
  });
  const pieces = printed.filter((text) => text.startsWith('\n--- again, alone: '));
  expect(pieces).toEqual(['a', 'b'].map((name) => expect.stringMatching(new RegExp(`^alone, ${name}$`, 'm'))));
});

test('a test that fails again is a failure', async () => {
  expect(await looked(['a', 'b'], ['b'])).toEqual({
    passedAlone: ['a'],
    ran: ['a', 'b'],
    totals: { passed: TESTS - 1, failed: 1, skipped: 0 },
    failures: ['tests'],
  });
});

const names = Array.from({ length: MOST_TESTS + 1 }, (_, index) => `test-${index}`);

test(`${MOST_TESTS} are looked at again, and no more than that`, async () => {
  expect(await looked(names.slice(1), [])).toMatchObject({ ran: names.slice(1), failures: [] });
  expect(await looked(names, [])).toEqual({
    passedAlone: [],
    ran: [],
    totals: { passed: TESTS - names.length, failed: names.length, skipped: 0 },
    failures: ['tests'],
  });
});

test.each([
  ['an error outside of the tests', 1],
  ['a good end in spite of a failed test', 0],
  ['a signal', 137],
])('a step that ends with %s stays as it was', async (_, exitCode) => {
  expect(await looked(['a'], [], exitCode)).toMatchObject({ passedAlone: [], ran: [], failures: ['tests'] });
});

test('a step whose failed tests nobody can name stays as it was', async () => {
  const steps = new Steps(folder);
  await steps.run('tests', 'sh', ['-c', `exit ${TESTS_FAILED}`], async () => ({ passed: 1, failed: 1, skipped: 0 }));
  const failedTests = () => Promise.reject(new Error('no such file'));
  expect(await secondLook(steps, [{ step: 'tests', testsFailed: TESTS_FAILED, failedTests }])).toEqual([]);
  expect(steps.totals).toEqual({ passed: 1, failed: 1, skipped: 0 });
});

test('failed tests of all steps are counted together', async () => {
  const steps = new Steps(folder);
  const failing = async () => ({ passed: 1, failed: MOST_TESTS - 1, skipped: 0 });
  for (const step of ['one', 'other']) await steps.run(step, 'sh', ['-c', `exit ${TESTS_FAILED}`], failing);
  const failedTests = vi.fn(async () => []);
  await secondLook(
    steps,
    ['one', 'other'].map((step) => ({ step, testsFailed: TESTS_FAILED, failedTests })),
  );
  expect(failedTests).not.toHaveBeenCalled();
});
