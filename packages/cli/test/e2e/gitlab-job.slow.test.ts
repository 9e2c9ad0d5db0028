import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { temporaryFolder } from '../../../assess/test/support/repository.ts';
import { runGitLab } from './support/gitlab-job.ts';
import { ROOT, readYaml } from './support/recipes.ts';

// The steps of the GitLab job, run as a runner would run them; those that install and judge are in hostile-doors.slow.test.ts.

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
