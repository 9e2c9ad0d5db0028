import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, expect, test } from 'vitest';
import { temporaryFolder } from '../../../assess/test/support/repository.ts';
import { bridge } from './support/bridge.ts';
import { buildkiteStep } from './support/buildkite-step.ts';
import { runAction } from './support/github-action.ts';
import { runGitLab } from './support/gitlab-job.ts';
import { canaries, plant } from './support/hostile-checkout.ts';
import { checkout, EVIL } from './support/recipes.ts';
import { folderWithRlm } from './support/relayed-rlm.ts';

// Each door of CI in a checkout that is hostile to it. The action installs the gate and judges with it. The commit that the
// others fetch has an installer that notes how it is called; the command that it installs runs in this process, told the same.

const temp = await mkdtemp(join(tmpdir(), 'rlm-runner-'));
afterAll(() => rm(temp, { recursive: true, force: true }));

/** Programs of the runner's own that note the environment they are given, and go on to the real ones. */
async function notingPrograms(): Promise<{ bin: string; noted: () => Promise<string> }> {
  const bin = await temporaryFolder();
  const notes = join(bin, 'notes');
  for (const name of ['npm', 'python3']) {
    const real = (await execa('bash', ['-c', `command -v ${name}`])).stdout;
    await writeFile(join(bin, name), `#!/bin/sh\nenv >> ${notes}\nexec ${real} "$@"\n`, { mode: 0o755 });
  }
  return { bin, noted: () => readFile(notes, 'utf8') };
}

async function onGitHub() {
  const traps = await canaries();
  const { bin, noted } = await notingPrograms();
  const planted: string[] = [];
  const prepare = async (path: string) => {
    planted.push(...(await plant(path, traps)));
  };
  const PATH = ['.', './node_modules/.bin', bin, process.env.PATH].join(':');
  const keys = { ANTHROPIC_API_KEY: 'job-secret', OPENAI_API_KEY: 'job-secret' };
  const given = { base: 'origin/main', command: '', 'openai-api-key': 'input-secret' };
  const surroundings = { prepare, job: { PATH, RLM_PYTHON: '', ...keys }, isCached: true, temp };
  const done = await runAction(EVIL, given, surroundings);
  return { ...done, planted, sung: await traps.sung(), environments: await noted() };
}

test('the GitHub Action in a hostile checkout: what it installs and judges with is its own, and no step but the last has a key', async () => {
  const { exitCode, stdout, stderr, planted, sung, environments } = await onGitHub();
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^rlm assess: FAIL:/) });
  expect(stdout).toMatch(/^::error file=src\/run\.js,/m);
  expect(sung).toEqual([]);
  expect(planted.length).toBeGreaterThan(30);
  expect(environments).toContain('npm_config_userconfig=');
  expect(environments).not.toMatch(/secret|NODE_OPTIONS|PYTHONPATH/);
  expect((await readdir(join(temp, 'rlm-kept'))).toSorted()).toEqual(['judgements', 'npm', 'pnpm', 'uv']);
  expect(await readdir(join(temp, 'rlm-gate', 'compiled'))).not.toEqual([]);
});

/** rlm-bridge at a commit, whose installer notes how it was called. */
async function notingBridge() {
  const notes = join(await temporaryFolder(), 'notes');
  const { path, commit } = await bridge(
    `{ pwd; env; } > ${notes}\nmkdir -p "$1/bin" && ln -s ${await folderWithRlm()}/rlm "$1/bin/rlm"\n`,
  );
  return { RLM_REPOSITORY: path, RLM_COMMIT: commit, called: () => readFile(notes, 'utf8') };
}

test('the GitLab job, in a hostile checkout, fails on a defect, with its reports', async () => {
  const { called, ...given } = await notingBridge();
  const traps = await canaries();
  const { exitCode, path, outside, job, stderr } = await runGitLab(
    { ...given, OPENAI_API_KEY: 'secret-of-the-job' },
    { prepare: async (folder) => void (await plant(folder, traps)) },
  );
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 1 });
  const { codequality, junit } = job.artifacts.reports;
  expect(JSON.parse(await readFile(join(path, codequality), 'utf8'))).toContainEqual(
    expect.objectContaining({ check_name: 'eval', severity: 'blocker' }),
  );
  expect(await readFile(join(path, junit), 'utf8')).toContain('src/run.js');
  const [html = ''] = job.artifacts.paths;
  expect(await readFile(join(path, html), 'utf8')).toContain('id="rlm-file"');
  const installer = await called();
  expect(installer).toMatch(/^\/\n/);
  expect(installer.split('\n')).toEqual(
    expect.arrayContaining([`CI_PROJECT_DIR=${path}`, `RLM_KEPT=${join(outside, 'rlm-kept')}`]),
  );
  expect(installer).not.toContain('secret');
  expect(await readdir(join(path, job.cache.paths[0]))).toEqual(['judgements']);
  expect(await traps.sung()).toEqual([]);
});

test('the Buildkite step, in a hostile checkout, fails on a defect, with its artifacts and an annotation', async () => {
  const { called, ...given } = await notingBridge();
  const traps = await canaries();
  const work = await checkout(EVIL);
  await plant(work.path, traps);
  const { run, told, artifacts } = await buildkiteStep(work);
  const without = await run({ ...given, RLM_COMMIT: '' });
  expect(without).toMatchObject({ exitCode: 3, stdout: expect.stringContaining('RLM_COMMIT') });
  const { exitCode, stderr } = await run(given);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^rlm assess: FAIL:/m) });
  const [html = '', junit = ''] = artifacts;
  expect(await readFile(html, 'utf8')).toContain('id="rlm-file"');
  expect(await readFile(junit, 'utf8')).toContain('src/run.js');
  const annotation = await told();
  expect(annotation).toMatch(/^annotate --style error --context rlm-assess\n/);
  expect(annotation).toContain('src/run.js');
  expect(annotation).not.toContain('secret-of-the-agent');
  const kept = join(work.outside, 'cache', 'rlm-gate');
  const installer = await called();
  expect(installer).toMatch(/^\/\n/);
  expect(installer.split('\n')).toEqual(expect.arrayContaining([`RLM_JUDGED=${work.path}`, `RLM_KEPT=${kept}`]));
  expect(installer).not.toContain('secret');
  expect((await readdir(kept)).toSorted()).toEqual(['judgements', 'runs']);
  expect(await readdir(join(kept, 'runs'))).toEqual([]);
  expect(await traps.sung()).toEqual([]);
});
