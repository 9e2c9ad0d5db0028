import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { provideChromium } from './chromium.ts';
import { isCI } from './debian.ts';
import { provideDocker, SANDBOX_IMAGE } from './docker.ts';
import { failedInPytest, failedInVitest } from './failed-tests.ts';
import { secondLook, type TestedStep } from './second-look.ts';
import { PACKED_FOLDER, PUBLISHED, packing, tarballOf } from './tarballs.ts';
import { countPytest, countStep, countVitest, timePytest, timeVitest } from './test-counts.ts';
import { Steps } from './test-steps.ts';
import { TESTS_FAILED } from './vitest-exit-code.ts';

// The whole suite. Every step runs, whatever became of the others, and beside those that it does not need; the last line says
// how it went. `--fast` leaves out Docker, builds, installs, the end-to-end tests, and what is named or marked slow; `--only NAME` runs
// the steps of that name; `--always-replay` has every run of the end-to-end tests ended and resumed, again and again.

const {
  fast,
  only,
  'always-replay': alwaysReplay,
} = parseArgs({
  options: {
    fast: { type: 'boolean', default: false },
    only: { type: 'string' },
    'always-replay': { type: 'boolean', default: false },
  },
}).values;
if (alwaysReplay) process.env.RLM_TEST_ALWAYS_REPLAY = '1';
// What is written in Go collects garbage less often: TypeScript's compiler takes a quarter less.
process.env.GOGC ??= '400';
// Images of containers often set it: each program in Python would compile anew all that it imports, which is half of a start.
delete process.env.PYTHONDONTWRITEBYTECODE;
/** Of its end-to-end tests, most of which wait, for kernels, containers and silence: one more than there are processors. */
const PROCESSES_OF_PYTEST = Math.min(4, availableParallelism() + 1);
const reports = await mkdtemp(join(tmpdir(), 'rlm-bridge-test-'));
const steps = new Steps(reports, only);
const vitestReports: string[] = [];
const pytestReports: string[] = [];
const tested: TestedStep[] = [];

const python = ['--filter', '@rlm-bridge/python-worker', 'exec'];
await steps.run('python environment', 'pnpm', [...python, 'uv', 'sync', '--frozen', '--group', 'dev']);
const vitests = ['vitest: unit', 'vitest: end to end', 'vitest: page'].some((name) => steps.includes(name));
const tests = vitests || ['pytest: unit', 'pytest: end to end'].some((name) => steps.includes(name));
const providing = tests && !fast ? provideDocker(join(reports, 'dockerd.log')) : undefined;
const dockerTold = join(reports, 'docker');
const dockerReady = providing?.then(async ({ missing }) => {
  if (missing === null) process.env.RLM_SANDBOX_IMAGE = SANDBOX_IMAGE;
  await tellWhole(dockerTold, missing ?? '');
  return tellOf('docker', missing, 'of the docker environment');
});
const looking = vitests && !fast ? provideChromium() : undefined;
const chromiumReady = looking?.then((missing) => tellOf('chromium', missing, 'of the page in a browser'));
await Promise.all([check(), unitTests(), pytest(), pack().then(() => Promise.all([otherTests(), checkPacked()]))]);
await using _docker = await providing;
const passedAlone = await secondLook(steps, tested);

await tellSlowest();
tellSteps();
for (const name of passedAlone) warn(`failed beside the others, passed alone: ${name}`);
if (steps.totals.passed + steps.totals.failed === 0) steps.add(`no step has ${only} in its name`, countStep(false));
for (const failure of steps.failures) warn(`FAILED: ${failure}`);
if (steps.failures.length === 0) await rm(reports, { recursive: true });
else process.exitCode = 1;
const { passed, failed, skipped } = steps.totals;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);

async function check(): Promise<void> {
  await steps.run('protocol is generated', 'node', ['scripts/generate-protocol.ts', '--check']);
  await steps.run('biome', 'biome', ['check', '--error-on-warnings', '.']);
  await steps.run('ruff', 'pnpm', ['--recursive', '--no-bail', 'lint']);
  // All of TypeScript at once: each package by itself would check those below it again, as several checkers what they share.
  const tsc = (folder: string): [string, string[]] => ['tsc', ['-p', folder, '--checkers', '1']];
  await steps.run('types', ...tsc('.'));
  // The page's sources and its tests are one program: each loads Node's types anyway, and most of the packages.
  await steps.run("types of the viewer's page", ...tsc('packages/viewer/test/browser'));
  await steps.run('types of Python', 'pnpm', ['--filter', '@rlm-bridge/python-worker', 'typecheck']);
}

/** Builds what is published, with the private packages in it, before the tests, which use what is packed. */
async function pack(): Promise<void> {
  if (fast) return;
  await steps.run('pack', ...packing(reports));
  if (steps.includes('pack')) process.env[PACKED_FOLDER] = reports;
}

async function checkPacked(): Promise<void> {
  if (fast) return;
  for (const name of PUBLISHED) await steps.run(`publint ${name}`, 'publint', [tarballOf(name, reports), '--strict']);
  const tarballs = PUBLISHED.map((name) => tarballOf(name, reports));
  await steps.run('types of what is packed', 'node', ['scripts/packed-types.ts', ...tarballs]);
}

/** They need nothing that has to be installed, started or built, and seldom wait. */
async function unitTests(): Promise<void> {
  if (fast) process.env.RLM_TEST_LEFT_OUT = '**/test/{process,fuzz,types}/** **/*.slow.test.ts';
  await vitest('vitest: unit', ['--project=unit', `--maxWorkers=${availableParallelism()}`]);
}

/** The tests of vitest that start whole programs. */
async function otherTests(): Promise<void> {
  if (fast) return;
  const [docker, chromium] = [await dockerReady, await chromiumReady];
  if (!docker) process.env.RLM_TEST_ENVIRONMENTS = 'local';
  const endToEnd = ['unit', 'browser'].map((project) => `--project=!${project}`);
  // One process has one page for all tests of it: another one would begin Playwright, and renderers of Chromium, anew.
  const page = chromium ? [vitest('vitest: page', ['--project=browser', '--maxWorkers=1'])] : [];
  await Promise.all([vitest('vitest: end to end', endToEnd), ...page]);
}

async function vitest(step: string, chosen: string[]): Promise<void> {
  const report = join(reports, `${step.replace(/\W+/g, '-')}.json`);
  vitestReports.push(report);
  const reporters = ['default', 'json', './scripts/vitest-exit-code.ts'].map((name) => `--reporter=${name}`);
  tested.push({ step, testsFailed: TESTS_FAILED, failedTests: () => failedInVitest(report, chosen, reports) });
  // Its configuration is read as it is: to bundle it first takes longer.
  const args = ['run', '--configLoader=native', ...chosen, ...reporters, `--outputFile.json=${report}`];
  await steps.run(step, 'vitest', args, () => countVitest(report));
}

/** Each part collects and tells its own tests alone, and the quick ones to no other process, which takes as long as most of them. */
async function pytest(): Promise<void> {
  // Where there must be Docker, its tests wait for it, and the others do not.
  if (isCI && !fast) process.env.RLM_TEST_DOCKER_TOLD = dockerTold;
  else await dockerReady;
  if (fast) process.env.RLM_TEST_WITHOUT_DOCKER = '1';
  const folders = ['attacks', 'environments', 'kernel', 'loop', 'server'].map((name) => `tests/${name}`);
  const processes = fast ? [] : ['--numprocesses', `${PROCESSES_OF_PYTEST}`, '--dist', 'worksteal'];
  const others = folders.map((folder) => `--ignore=${folder}`);
  await Promise.all([
    partOfPytest('end to end', [...processes, ...folders]),
    partOfPytest('unit', ['tests', ...others]),
  ]);
}

async function partOfPytest(part: string, chosen: string[]): Promise<void> {
  const step = `pytest: ${part}`;
  const file = join(reports, step.replace(/\W+/g, '-'));
  const [report, cache] = [`${file}.xml`, `${file}-cache`];
  pytestReports.push(report);
  // Without pnpm, whose exit code is 1 whatever that of pytest is.
  const args = ['run', '--directory', 'python', '--frozen', '--group', 'dev', 'pytest', '-q'];
  const kept = [...(fast ? ['-m', 'not slow'] : []), '-o', `cache_dir=${cache}`, `--junit-xml=${report}`];
  const failedTests = () => failedInPytest(cache, { command: 'uv', args }, reports);
  tested.push({ step, testsFailed: 1, failedTests });
  await steps.run(step, 'uv', [...args, ...chosen, ...kept], () => countPytest(report));
}

/** Whoever finds the file reads all of it. */
async function tellWhole(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

/** Whether the tests of something that may be missing are to run; in CI they must, and fail. */
function tellOf(what: string, missing: string | null, tests: string): boolean {
  if (missing === null) {
    steps.add(what, countStep(true));
    return true;
  }
  warn(`NO ${what.toUpperCase()}: ${missing} The tests ${tests} ${isCI ? 'fail' : 'are not run'}.`);
  steps.add(what, isCI ? countStep(false) : { passed: 0, failed: 0, skipped: 1 });
  return isCI;
}

async function tellSlowest(): Promise<void> {
  const timed = [...vitestReports.map(timeVitest), ...pytestReports.map(timePytest)];
  const read = timed.map((tests) => tests.catch(() => []));
  const slowest = (await Promise.all(read)).flat().sort((a, b) => b.seconds - a.seconds);
  if (slowest.length > 0) console.log('\nThe slowest tests:');
  for (const { seconds, test } of slowest.slice(0, 10)) console.log(`${seconds.toFixed(1).padStart(7)} s  ${test}`);
}

/** Seconds of CPU are those of the step's processes: what a daemon of Docker did for it is not among them. */
function tellSteps(): void {
  console.log('\nThe steps, their seconds and their seconds of CPU:');
  const dearest = [...steps.ended].sort(([, a], [, b]) => b.cpuSeconds - a.cpuSeconds);
  for (const [name, { seconds, cpuSeconds }] of dearest) {
    console.log(`${seconds.toFixed(1).padStart(7)} s ${cpuSeconds.toFixed(1).padStart(7)} s  ${name}`);
  }
}

function warn(line: string): void {
  process.stderr.write(`${line}\n`);
}
