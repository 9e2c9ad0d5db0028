import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { checkout, EVIL, readYaml } from './recipes.ts';

/** The job's script, with the folder of the image in a folder of the test. */
export async function runGitLab(given: Record<string, string>, { prepare = async (_path: string) => {} } = {}) {
  const job = (await readYaml('gate/rlm-assess.gitlab-ci.yml'))['rlm-assess'];
  const { path, outside, config } = await checkout(EVIL);
  await prepare(path);
  await writeFile(join(outside, 'apt-get'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  const { stdout: CI_COMMIT_SHA } = await execa('git', ['rev-parse', 'HEAD'], { cwd: path });
  const env = {
    ...job.variables,
    // The sandbox is none of what is tested here; nor is the service.
    RLM_ARGS: `--config ${config} --environment local`,
    DOCKER_HOST: '',
    CI_PROJECT_DIR: path,
    CI_COMMIT_SHA,
    CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
    PATH: ['./node_modules/.bin', outside, process.env.PATH].join(':'),
    ...given,
  };
  const script = [...job.before_script, ...job.script].join('\n').replaceAll('/opt/', `${outside}/`);
  const done = await execa('bash', ['-eo', 'pipefail', '-c', script], { cwd: path, env, reject: false });
  const after = job.after_script.join('\n').replaceAll('/opt/', `${outside}/`);
  await execa('bash', ['-eo', 'pipefail', '-c', after], { cwd: path, env });
  return { ...done, job, path, outside };
}
