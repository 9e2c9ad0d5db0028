import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { temporaryFolder } from '../../../assess/test/support/repository.ts';
import { canaries, plant } from './support/hostile-checkout.ts';
import { COMMAND, checkout, EVIL, ROOT, readYaml } from './support/recipes.ts';
import { PYTHON } from './support/rlm.ts';

// The steps of the GitHub Action and of the GitLab job, run as a runner would run them.

interface Preparation {
  isCached: boolean;
  prepare: (path: string) => Promise<void>;
  job: Record<string, string>;
}

/** Fills in what a runner fills in. */
function filled(text: string, inputs: Record<string, string>, runnerTemp: string): string {
  const kept = inputs.cache === 'true' ? join(runnerTemp, 'rlm-kept') : '';
  const keys = Object.entries(inputs).filter(([name, value]) => name.endsWith('-api-key') && value !== '');
  return text
    .replace(/\$\{\{ inputs\.cache == 'true' && format\('\{0\}\/rlm-kept', runner\.temp\) \|\| '' \}\}/, kept)
    .replace(/\$\{\{ github\.event\.pull_request\.head\.repo\.fork \}\}/, inputs.isFork ?? '')
    .replace(/\$\{\{ inputs\.anthropic-api-key != ''.* \}\}/, String(keys.length > 0))
    .replaceAll(/\$\{\{ inputs\.([\w-]+) \}\}/g, (_, name) => inputs[name] ?? '')
    .replaceAll(/\$\{\{ runner\.temp \}\}/g, runnerTemp)
    .replaceAll(/\$\{\{ github\.action_path \}\}/g, ROOT);
}

/** `prepare` may do to the checkout what a change does; `job` is the environment of the whole job. */
async function runAction(
  files: Record<string, string>,
  given: Record<string, string>,
  { prepare = async (_path: string) => {}, job = {}, isCached = false }: Partial<Preparation> = {},
) {
  const action = await readYaml('action.yml');
  const { path, outside, config } = await checkout(files, isCached);
  await prepare(path);
  const defaults = Object.entries<{ default: string }>(action.inputs).map(([name, { default: value }]) => [
    name,
    value,
  ]);
  const inputs = {
    ...Object.fromEntries(defaults),
    cache: String(isCached),
    command: COMMAND,
    args: `--config ${config}`,
    ...given,
  };
  const output = join(outside, 'output');
  const env = {
    RLM_PYTHON: PYTHON,
    GITHUB_OUTPUT: output,
    GITHUB_STEP_SUMMARY: join(outside, 'summary'),
    GITHUB_WORKSPACE: path,
    ...job,
  };
  await writeFile(output, '');
  await writeFile(env.GITHUB_STEP_SUMMARY, '');
  for (const step of action.runs.steps) {
    if (step.run === undefined) continue;
    const variables = Object.entries<string>(step.env ?? {}).map(([name, value]) => [
      name,
      filled(value, inputs, outside),
    ]);
    const { exitCode, stdout, stderr } = await execa('bash', ['-eo', 'pipefail', '-c', step.run], {
      cwd: resolve(path, filled(step['working-directory'] ?? '.', inputs, outside)),
      env: { ...env, ...Object.fromEntries(variables) },
      reject: false,
    });
    const written = await readFile(output, 'utf8');
    const isLast = step.id === 'assess' || written.includes('verdict=skipped') || exitCode === 2;
    if (isLast) return { path, outside, exitCode, stdout, stderr, output: written };
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  }
  throw new Error('action.yml has no step "assess"');
}

test('the GitHub Action fails on a defect, with annotations, outputs and SARIF', async () => {
  const { path, exitCode, stdout, output } = await runAction(EVIL, { base: 'origin/main' });
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^::error file=src\/run\.js,/m);
  expect(output).toMatch(/verdict<<.*\nfail\n/);
  expect(await readFile(join(path, 'rlm.sarif'), 'utf8')).toContain('src/run.js');
  expect(await readFile(join(path, 'rlm.html'), 'utf8')).toContain('id="rlm-file"');
});

test('the GitHub Action keeps the HTML report as an artifact, by a pinned action, and links it from the summary', async () => {
  const { inputs, runs } = await readYaml('action.yml');
  const names: (string | undefined)[] = runs.steps.map(({ id }: { id?: string }) => id);
  expect(names.indexOf('html')).toBeGreaterThan(names.indexOf('assess'));
  const kept = runs.steps[names.indexOf('html')];
  expect(kept).toMatchObject({
    if: expect.stringContaining('!cancelled()'),
    uses: expect.stringMatching(/^actions\/upload-artifact@[0-9a-f]{40}$/),
    with: { name: expect.stringContaining('inputs.html-artifact'), path: expect.stringContaining('inputs.html') },
  });
  expect(inputs.html.default).toBe('rlm.html');
  const folder = await temporaryFolder();
  const summary = join(folder, 'summary');
  const env = { GITHUB_STEP_SUMMARY: summary, RLM_ARTIFACT_URL: 'https://github.example/artifact/1' };
  await execa('bash', ['-c', runs.steps.at(-1).run], { env });
  expect(await readFile(summary, 'utf8')).toContain('(https://github.example/artifact/1)');
});

test('the GitHub Action keeps what was judged, and installs from what was kept, outside of the checkout', async () => {
  const { runs } = await readYaml('action.yml');
  const [restored, saved] = runs.steps.filter(({ uses = '' }: { uses?: string }) => uses.startsWith('actions/cache/'));
  for (const { uses, with: given } of [restored, saved]) {
    expect(uses).toMatch(/^actions\/cache\/(?:restore|save)@[0-9a-f]{40}$/);
    expect(given.path).toMatch(/^\$\{\{ runner\.temp \}\}\/rlm-kept$/);
  }
  expect(saved.if).toContain('always()');
  const { outside, exitCode, stderr } = await runAction(EVIL, { base: 'origin/main' }, { isCached: true });
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^rlm assess: FAIL/) });
  expect(await readdir(join(outside, 'rlm-kept'))).toEqual(['judgements']);
  expect(await readdir(join(outside, 'rlm-kept', 'judgements'))).not.toEqual([]);
});

test.each([
  ['skip', '', { exitCode: 0, output: 'verdict=skipped\n' }],
  ['skip', 'key', { exitCode: 1 }],
  ['fail', '', { exitCode: 1 }],
  ['maybe', '', { exitCode: 2 }],
])('a pull request of a fork, where fork is %s and the key is "%s"', async (fork, key, expected) => {
  const given = { base: 'origin/main', fork, isFork: 'true', 'openai-api-key': key };
  const job = { ANTHROPIC_API_KEY: '', OPENAI_API_KEY: '', OPENROUTER_API_KEY: '', GEMINI_API_KEY: '' };
  expect(await runAction(EVIL, given, { job })).toMatchObject(expected);
});

test('inputs of the GitHub Action are those of its page, and reach the command as flags', async () => {
  const { inputs } = await readYaml('action.yml');
  const page = await readFile(join(ROOT, 'docs/ci.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `([\w-]+)` \| (.*) \| (.*) \|$/gm)].map(([, name, text]) => [name, text]);
  expect(rows).toEqual(
    Object.entries<{ description: string }>(inputs).map(([name, { description }]) => [name, description]),
  );
  const echo = join(await temporaryFolder(), 'echo');
  await writeFile(echo, '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 });
  const given = {
    ...{
      command: echo,
      args: '--samples 2',
      base: 'b',
      config: 'c',
      criteria: 'd',
      rubric: 'e',
      presets: 'dry security',
    },
    ...{
      baseline: 'f g',
      environment: 'docker',
      image: 'h',
      html: '',
      json: 'j',
      trend: 'ok.js',
      previous: 'not-yet.json',
    },
  };
  const { stdout } = await runAction({ 'src/ok.js': '1;\n' }, { ...given, 'working-directory': 'src' });
  expect(stdout.split('\n')).toEqual(
    ['assess', '--changed', '--fail-on', 'high', '--budget', '5', '--report', 'sarif=rlm.sarif', '--github'].concat(
      ['--base', 'b', '--config', 'c', '--criteria', 'd', '--rubric', 'e', '--environment', 'docker', '--image', 'h'],
      ['--report', 'json=j', '--trend', 'ok.js'],
      ['--baseline', 'f g', '--new-only', '--preset', 'dry', '--preset', 'security', '--samples', '2'],
    ),
  );
});

test('the GitHub Action passes a clean change, and runs no text of an input', async () => {
  const given = { base: 'origin/main', 'fail-on': 'high', workers: '--changed' };
  expect(await runAction({ 'ok.js': 'export const one = 1;\n' }, given)).toMatchObject({ exitCode: 0 });
  const injected = await runAction(EVIL, { base: 'origin/main; touch owned' });
  expect(injected.exitCode).toBe(3);
  const { stdout } = await execa('git', ['status', '--short', 'owned'], { cwd: injected.path });
  expect(stdout).toBe('');
});

test('the GitHub Action stands against an earlier report, and a first run without one is no error', async () => {
  const kept = join(await temporaryFolder(), 'rlm.json');
  const given = { base: 'origin/main', html: '', json: kept, trend: kept, previous: kept };
  const line = 'Against the base branch: FAIL as before';
  const first = await runAction(EVIL, given);
  expect(first).toMatchObject({ exitCode: 1, stderr: expect.not.stringContaining(line) });
  const second = await runAction(EVIL, given);
  expect(second).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(line) });
  expect(await readFile(join(second.outside, 'summary'), 'utf8')).toContain(line);
});

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

test('the GitHub Action in a hostile checkout: what it installs and judges with is its own, and no step but the last has a key', async () => {
  const traps = await canaries();
  const { bin, noted } = await notingPrograms();
  const planted: string[] = [];
  const prepare = async (path: string) => {
    planted.push(...(await plant(path, traps)));
  };
  const PATH = ['.', './node_modules/.bin', bin, process.env.PATH].join(':');
  const keys = { ANTHROPIC_API_KEY: 'job-secret', OPENAI_API_KEY: 'job-secret' };
  const given = { base: 'origin/main', command: '', 'openai-api-key': 'input-secret' };
  const { exitCode, stdout, stderr } = await runAction(EVIL, given, {
    prepare,
    job: { PATH, RLM_PYTHON: '', ...keys },
  });
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^rlm assess: FAIL:/) });
  expect(stdout).toMatch(/^::error file=src\/run\.js,/m);
  expect(await traps.sung()).toEqual([]);
  expect(planted.length).toBeGreaterThan(30);
  const environments = await noted();
  expect(environments).toContain('npm_config_userconfig=');
  expect(environments).not.toMatch(/secret|NODE_OPTIONS|PYTHONPATH/);
});

test('an action that is part of the checkout is refused', async () => {
  const path = await temporaryFolder();
  await cp(join(ROOT, 'gate'), join(path, 'gate'), { recursive: true });
  const { exitCode, stderr } = await execa('bash', [join(path, 'gate/install'), await temporaryFolder()], {
    env: { GITHUB_WORKSPACE: path },
    reject: false,
  });
  expect({ exitCode, stderr }).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining('must not bring its gate'),
  });
});

test.each([
  ['package-lock.json', /sha512-[^"]+/g, `sha512-${Buffer.alloc(64).toString('base64')}`, /EINTEGRITY/],
  ['uv.txt', /sha256:[0-9a-f]+/g, `sha256:${'0'.repeat(64)}`, /HASH/i],
])('what does not have the hash of gate/%s is not installed', async (file, hash, other, message) => {
  const folder = await temporaryFolder();
  await cp(join(ROOT, 'gate'), join(folder, 'gate'), { recursive: true });
  const text = await readFile(join(folder, 'gate', file), 'utf8');
  await writeFile(join(folder, 'gate', file), text.replaceAll(hash, other));
  const { exitCode, stderr } = await execa('bash', [join(folder, 'gate/install'), await temporaryFolder()], {
    reject: false,
  });
  expect(exitCode).not.toBe(0);
  expect(stderr).toMatch(message);
});

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
