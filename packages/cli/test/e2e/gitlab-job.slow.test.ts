import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { temporaryFolder } from '../../../assess/test/support/repository.ts';
import { canaries, plant } from './support/hostile-checkout.ts';
import { checkout, EVIL, ROOT, readYaml } from './support/recipes.ts';

// The steps of the GitLab job, run as a runner would run them.

/** The job's script, with the folder of the image in a folder of the test. */
async function runGitLab(given: Record<string, string>, { prepare = async (_path: string) => {} } = {}) {
  const job = (await readYaml('gate/rlm-assess.gitlab-ci.yml'))['rlm-assess'];
  const { path, outside, config } = await checkout(EVIL);
  await prepare(path);
  await writeFile(join(outside, 'apt-get'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  const { stdout: commit } = await execa('git', ['rev-parse', 'HEAD'], { cwd: ROOT });
  const env = {
    ...job.variables,
    // The sandbox is none of what is tested here; nor is the service.
    RLM_ARGS: `--config ${config} --environment local`,
    DOCKER_HOST: '',
    CI_PROJECT_DIR: path,
    CI_COMMIT_SHA: commit,
    CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
    RLM_REPOSITORY: ROOT,
    RLM_COMMIT: commit,
    PATH: ['./node_modules/.bin', outside, process.env.PATH].join(':'),
    ...given,
  };
  const script = [...job.before_script, ...job.script].join('\n').replaceAll('/opt/', `${outside}/`);
  const done = await execa('bash', ['-eo', 'pipefail', '-c', script], { cwd: path, env, reject: false });
  const after = job.after_script.join('\n').replaceAll('/opt/', `${outside}/`);
  await execa('bash', ['-eo', 'pipefail', '-c', after], { cwd: path, env });
  return { ...done, job, path };
}

test('the GitLab job, in a hostile checkout, fails on a defect, with its reports', async () => {
  const traps = await canaries();
  const { exitCode, path, job, stderr } = await runGitLab(
    {},
    { prepare: async (folder) => void (await plant(folder, traps)) },
  );
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 1 });
  const { codequality, junit } = job.artifacts.reports;
  expect(JSON.parse(await readFile(join(path, codequality), 'utf8'))).toContainEqual(
    expect.objectContaining({ check_name: 'eval', severity: 'blocker' }),
  );
  expect(await readFile(join(path, junit), 'utf8')).toContain('src/run.js');
  expect((await readdir(join(path, job.cache.paths[0]))).toSorted()).toEqual(['judgements', 'npm', 'pnpm', 'uv']);
  const [html = ''] = job.artifacts.paths;
  expect(await readFile(join(path, html), 'utf8')).toContain('id="rlm-file"');
  expect(await traps.sung()).toEqual([]);
});

test('the GitLab job takes reports of before, and leaves out those that are not there yet', async () => {
  const job = (await readYaml('gate/rlm-assess.gitlab-ci.yml'))['rlm-assess'];
  const outside = await temporaryFolder();
  await mkdir(join(outside, 'rlm-gate/bin'), { recursive: true });
  await writeFile(join(outside, 'rlm-gate/bin/rlm'), '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 });
  const there = join(outside, 'main report.json');
  await writeFile(there, '{}');
  const script = job.script.join('\n').replaceAll('/opt/', `${outside}/`);
  const run = async (RLM_TREND: string, RLM_PREVIOUS: string) => {
    const env = { ...job.variables, CI_PROJECT_DIR: outside, RLM_ARGS: '--samples 2', RLM_TREND, RLM_PREVIOUS };
    const { stdout } = await execa('bash', ['-eo', 'pipefail', '-c', script], { cwd: outside, env });
    return stdout.split('\n').slice(-6);
  };
  expect(await run(there, there)).toEqual(['--previous', there, '--trend', there, '--samples', '2']);
  expect(await run(`${there}.old`, there)).toEqual([
    expect.any(String),
    expect.any(String),
    '--previous',
    there,
    '--samples',
    '2',
  ]);
  expect((await run('', '')).join(' ')).not.toMatch(/--(?:trend|previous)/);
});

test('the GitLab job needs no Docker, never runs in local, and says why; without a commit to judge with it is 3', async () => {
  const text = await readFile(join(ROOT, 'gate/rlm-assess.gitlab-ci.yml'), 'utf8');
  expect(parse(text)['rlm-assess'].variables.RLM_ARGS).not.toContain('local');
  expect(parse(text)['rlm-assess'].services).toBeUndefined();
  expect(text).toContain("reads the provider's key from the memory and the environment of the processes around it");
  expect(await runGitLab({ RLM_COMMIT: '' })).toMatchObject({
    exitCode: 3,
    stdout: expect.stringContaining('RLM_COMMIT'),
  });
});
