import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FakeProvider } from '@rlm-bridge/fake-provider';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { finds, scriptedJudge } from '../../../assess/test/support/judge.ts';
import { Repository, temporaryFolder } from '../../../assess/test/support/repository.ts';
import { BIN, configFor, PYTHON } from './support/rlm.ts';

// The steps of the GitHub Action and of the GitLab job, run as a runner would run them.

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const COMMAND = `${process.execPath} --conditions=source ${BIN}`;
const EVIL = { 'src/run.js': 'export const run = (text) => eval(text);\n' };

async function read(file: string) {
  return parse(await readFile(join(ROOT, file), 'utf8'));
}

/** A checkout of a branch with a defect, whose origin has main, and a folder for what the job writes. */
async function checkout(files: Record<string, string>) {
  const fake = await FakeProvider.start(
    scriptedJudge({ review: finds(/eval\(/, { severity: 'critical', category: 'security', rule: 'eval' }) }),
  );
  onTestFinished(() => fake.stop());
  const origin = await Repository.create();
  await origin.branch('work', files);
  const path = await temporaryFolder();
  await execa('git', ['clone', '-q', '--branch', 'work', origin.path, path]);
  const outside = await temporaryFolder();
  const config = join(outside, 'config.json');
  const configuration = JSON.parse(configFor(fake, { maxIterations: 3 }));
  await writeFile(config, JSON.stringify({ ...configuration, assess: { cache: false } }));
  return { path, outside, config };
}

/** Fills in what a runner fills in. */
function filled(text: string, inputs: Record<string, string>): string {
  return text.replaceAll(/\$\{\{ inputs\.([\w-]+) \}\}/g, (_, name) => inputs[name] ?? '');
}

async function runAction(files: Record<string, string>, given: Record<string, string>) {
  const action = await read('action.yml');
  const { path, outside, config } = await checkout(files);
  const defaults = Object.entries<{ default: string }>(action.inputs).map(([name, { default: value }]) => [
    name,
    value,
  ]);
  const inputs = { ...Object.fromEntries(defaults), ...given, command: COMMAND, args: `--config ${config}` };
  const output = join(outside, 'output');
  const env = { RLM_PYTHON: PYTHON, GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: join(outside, 'summary') };
  await writeFile(output, '');
  await writeFile(env.GITHUB_STEP_SUMMARY, '');
  for (const step of action.runs.steps) {
    const variables = Object.entries<string>(step.env ?? {}).map(([name, value]) => [name, filled(value, inputs)]);
    const { exitCode, stdout, stderr } = await execa('bash', ['-eo', 'pipefail', '-c', step.run], {
      cwd: path,
      env: { ...env, ...Object.fromEntries(variables) },
      reject: false,
    });
    if (step.id === 'assess') return { path, exitCode, stdout, stderr, output: await readFile(output, 'utf8') };
    expect(exitCode).toBe(0);
  }
  throw new Error('action.yml has no step "assess"');
}

test('the GitHub Action fails on a defect, with annotations, outputs and SARIF', async () => {
  const { path, exitCode, stdout, output } = await runAction(EVIL, { base: 'origin/main' });
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^::error file=src\/run\.js,/m);
  expect(output).toMatch(/verdict<<.*\nfail\n/);
  expect(await readFile(join(path, 'rlm.sarif'), 'utf8')).toContain('src/run.js');
});

test('the GitHub Action passes a clean change, and runs no text of an input', async () => {
  const given = { base: 'origin/main', 'fail-on': 'high', workers: '--changed' };
  expect(await runAction({ 'ok.js': 'export const one = 1;\n' }, given)).toMatchObject({ exitCode: 0 });
  const injected = await runAction(EVIL, { base: 'origin/main; touch owned' });
  expect(injected.exitCode).toBe(3);
  const { stdout } = await execa('git', ['status', '--short', 'owned'], { cwd: injected.path });
  expect(stdout).toBe('');
});

test('the GitLab job fails on a defect, with its reports', async () => {
  const job = (await read('templates/rlm-assess.gitlab-ci.yml'))['rlm-assess'];
  const { path, config } = await checkout(EVIL);
  const env = {
    ...job.variables,
    RLM_PYTHON: PYTHON,
    RLM_COMMAND: COMMAND,
    RLM_ARGS: `${job.variables.RLM_ARGS} --config ${config}`,
    CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
  };
  const script = job.script.join('\n');
  const { exitCode } = await execa('bash', ['-eo', 'pipefail', '-c', script], { cwd: path, env, reject: false });
  expect(exitCode).toBe(1);
  const { codequality, junit } = job.artifacts.reports;
  expect(JSON.parse(await readFile(join(path, codequality), 'utf8'))).toContainEqual(
    expect.objectContaining({ check_name: 'eval', severity: 'blocker' }),
  );
  expect(await readFile(join(path, junit), 'utf8')).toContain('src/run.js');
});
