import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { isCI, provideDocker, SANDBOX_IMAGE } from './docker.ts';
import { type Counts, countPytest, countStep, countVitest } from './test-counts.ts';

// The whole suite. Every step runs, whatever became of the one before; the last line says how it went.

const reports = await mkdtemp(join(tmpdir(), 'rlm-bridge-test-'));
const published = ['rlm-bridge', '@rlm-bridge/ai-sdk', '@rlm-bridge/assess', '@rlm-bridge/cli'];
const vitestReport = join(reports, 'vitest.json');
const pytestReport = join(reports, 'pytest.xml');
const totals: Counts = { passed: 0, failed: 0, skipped: 0 };
const failures: string[] = [];

await using docker = await provideDocker(join(reports, 'dockerd.log'));
if (docker.missing === null) process.env.RLM_SANDBOX_IMAGE = SANDBOX_IMAGE;
else warn(`NO DOCKER: ${docker.missing} The tests of the docker environment ${isCI ? 'fail' : 'are not run'}.`);
add(
  'docker',
  docker.missing === null ? countStep(true) : isCI ? countStep(false) : { passed: 0, failed: 0, skipped: 1 },
);

await step('protocol is generated', 'tsx', ['scripts/generate-protocol.ts', '--check']);
await step('biome', 'biome', ['check', '--error-on-warnings', '.']);
await step('ruff', 'pnpm', ['--recursive', '--no-bail', 'lint']);
await step('types of scripts', 'tsc', ['-p', 'scripts']);
await step('types of packages', 'pnpm', ['--recursive', '--no-bail', 'typecheck']);
await step('build', 'pnpm', ['--recursive', 'build']);
for (const name of published) {
  const tarball = join(reports, `${name.replace('/', '-')}.tgz`);
  await step(`pack ${name}`, 'pnpm', ['--filter', name, 'pack', '--out', tarball]);
  await step(`publint ${name}`, 'publint', [tarball, '--strict']);
  await step(`are the types of ${name} wrong`, 'attw', [tarball, '--profile', 'esm-only']);
}
await step(
  'vitest',
  'vitest',
  ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${vitestReport}`],
  () => countVitest(vitestReport),
);
await step('pytest', 'pnpm', ['--filter', '@rlm-bridge/python-worker', 'test', `--junit-xml=${pytestReport}`], () =>
  countPytest(pytestReport),
);

for (const failure of failures) warn(`FAILED: ${failure}`);
if (failures.length === 0) await rm(reports, { recursive: true });
else process.exitCode = 1;
const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : '';
console.log(`${totals.passed} passed, ${totals.failed} failed${skipped}`);

async function step(name: string, command: string, args: string[], counts?: () => Promise<Counts>): Promise<void> {
  console.log(`\n--- ${name}`);
  const { exitCode } = await execa(command, args, { stdio: ['ignore', 'inherit', 'inherit'], reject: false });
  const counted = (await counts?.().catch(() => null)) ?? countStep(exitCode === 0);
  // A runner can fail without a failed test: an unhandled error, a report never written.
  add(name, exitCode !== 0 && counted.failed === 0 ? { ...counted, failed: 1 } : counted);
}

function add(name: string, counts: Counts): void {
  totals.passed += counts.passed;
  totals.failed += counts.failed;
  totals.skipped += counts.skipped;
  if (counts.failed > 0) failures.push(name);
}

function warn(line: string): void {
  process.stderr.write(`${line}\n`);
}
