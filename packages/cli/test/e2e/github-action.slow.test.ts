import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../assess/test/support/repository.ts';
import { canaries, plant } from './support/hostile-checkout.ts';
import { COMMAND, checkout, EVIL, ROOT, readYaml } from './support/recipes.ts';
import { PYTHON } from './support/rlm.ts';

// The steps of the GitHub Action, run as a runner would run them.

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
