import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { failedInPytest, failedInVitest } from '../failed-tests.ts';
import type { FailedTest } from '../second-look.ts';
import { TESTS_FAILED } from '../vitest-exit-code.ts';

// With the runners themselves: which tests fail, by what exit code, and that each can be run by itself.

const ROOT = join(import.meta.dirname, '../..');
const EXIT_CODE = join(ROOT, 'scripts/vitest-exit-code.ts');
const PYTEST = join(ROOT, 'python/.venv/bin/pytest');
/** Vitest would bundle its configuration first, which takes longer than to read it. */
const AS_IT_IS = '--configLoader=native';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
});

afterEach(() => rm(folder, { recursive: true }));

async function write(files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
}

/** How each ends alone, with how many tests. */
async function alone(
  tests: FailedTest[],
  cwd: string,
): Promise<[name: string, exitCode: number | undefined, ran: number][]> {
  const ended: [string, number | undefined, number][] = [];
  for (const { name, command, args, count } of tests) {
    const { exitCode } = await execa(command, args, { cwd, reject: false });
    const { passed, failed } = await count();
    ended.push([name, exitCode, passed + failed]);
  }
  return ended;
}

async function vitest(): Promise<{ exitCode: number | undefined; report: string }> {
  const report = join(folder, 'vitest.json');
  const reporters = ['json', EXIT_CODE].map((name) => `--reporter=${name}`);
  const options = { cwd: folder, reject: false } as const;
  const { exitCode } = await execa('vitest', ['run', AS_IT_IS, ...reporters, `--outputFile.json=${report}`], options);
  return { exitCode, report };
}

/** All files in one process, as most of ours are. */
const CONFIG = `export default {
  test: { globals: true, globalSetup: ["set-up.js"], pool: "threads", isolate: false, maxWorkers: 1 },
};`;
const FAILS =
  "describe('a (group)', () => test('fails [as] {it} $hould?', () => expect(1).toBe(2)));\ntest('a', () => {});";

test('vitest: a failed test, and a file that fails before its first one, run again by themselves', async () => {
  const broken = "throw new Error('before any test');\n";
  await write({ 'a.test.js': FAILS, 'b.test.js': broken, 'c.test.js': "test('fails', () => {});" });
  await write({ 'vitest.config.mjs': CONFIG, 'set-up.js': 'export default () => {};' });
  const { exitCode, report } = await vitest();
  expect(exitCode).toBe(TESTS_FAILED);
  const failed = await failedInVitest(report, [AS_IT_IS], folder, folder);
  expect((await alone(failed, folder)).toSorted()).toEqual([
    ['a.test.js: a (group) > fails [as] {it} $hould?', 1, 1],
    ['b.test.js', 1, 1],
  ]);
});

test.each([
  ['an error outside of the tests', `${FAILS} Promise.reject(new Error('nobody waits'));`, ''],
  ['a set-up that does not end well', FAILS, 'throw new Error("left something")'],
])('vitest: %s is told from failed tests', async (_, tests, end) => {
  await write({
    'vitest.config.mjs': CONFIG,
    'a.test.js': tests,
    'set-up.js': `export default () => () => { ${end} };`,
  });
  expect((await vitest()).exitCode).toBe(1);
});

test('pytest: a failed test, and one whose set-up fails, run again by themselves', async () => {
  await mkdir(join(folder, 'python/tests'), { recursive: true });
  const program = `import pytest

@pytest.mark.parametrize("name", ["a::b [c] 'd'", "other"])
def test_it(name):
    assert name == "other"

@pytest.fixture
def broken():
    raise OSError

class TestGroup:
    def test_set_up(self, broken):
        pass
`;
  await write({
    'pyproject.toml': '[tool.pytest.ini_options]\naddopts = ["-p", "no:anyio", "-p", "no:typeguard"]\n',
    'python/tests/test_a.py': program,
  });
  const cwd = join(folder, 'python');
  const cache = join(folder, 'cache');
  const { exitCode } = await execa(PYTEST, ['-n', '1', '-o', `cache_dir=${cache}`], { cwd, reject: false });
  expect(exitCode).toBe(1);
  const failed = await failedInPytest(cache, { command: PYTEST, args: [] }, folder);
  expect((await alone(failed, cwd)).toSorted()).toEqual([
    ['python/tests/test_a.py::TestGroup::test_set_up', 1, 1],
    ["python/tests/test_a.py::test_it[a::b [c] 'd']", 1, 1],
  ]);
});
