import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { Repository, temporaryFolder } from '../../../assess/test/support/repository.ts';
import { canaries, plant } from './support/hostile-checkout.ts';
import { blocksOf, COMMAND, checkout, EVIL, ROOT, readYaml } from './support/recipes.ts';
import { PYTHON } from './support/rlm.ts';

// The Buildkite step and the commands of "Any other CI", run as an agent and a user run them.

/** An agent's program, which notes what it is asked and told. */
async function agent(): Promise<{ bin: string; told: () => Promise<string> }> {
  const bin = await temporaryFolder();
  const notes = join(bin, 'notes');
  await writeFile(join(bin, 'buildkite-agent'), `#!/bin/sh\n{ echo "$@"; env; cat; } >> ${notes}\n`, { mode: 0o755 });
  return { bin, told: () => readFile(notes, 'utf8') };
}

/** As `buildkite-agent pipeline upload` does: $$ is $, and it would fill in any other. */
function uploaded(text: string): string {
  expect(text.replaceAll('$$', '')).not.toContain('$');
  return text.replaceAll('$$', '$');
}

async function head(): Promise<string> {
  return (await execa('git', ['rev-parse', 'HEAD'], { cwd: ROOT })).stdout;
}

test('the Buildkite step, in a hostile checkout, fails on a defect, with its artifacts and an annotation', async () => {
  const traps = await canaries();
  const { path, outside, config } = await checkout(EVIL);
  await plant(path, traps);
  const [step] = (await readYaml('gate/rlm-assess.buildkite.yml')).steps;
  const { bin, told } = await agent();
  const env = {
    ...step.env,
    // The sandbox is none of what is tested here.
    RLM_ARGS: `--config ${config} --environment local`,
    RLM_REPOSITORY: ROOT,
    RLM_COMMIT: await head(),
    BUILDKITE_BUILD_CHECKOUT_PATH: path,
    BUILDKITE_PULL_REQUEST_BASE_BRANCH: 'main',
    BUILDKITE_PIPELINE_DEFAULT_BRANCH: 'main',
    XDG_CACHE_HOME: join(outside, 'cache'),
    OPENAI_API_KEY: 'secret-of-the-agent',
    PATH: ['./node_modules/.bin', bin, process.env.PATH].join(':'),
  };
  const run = (more: Record<string, string>) =>
    execa('bash', ['-e', '-c', step.commands.map(uploaded).join('\n')], {
      cwd: path,
      env: { ...env, ...more },
      reject: false,
    });
  expect(await run({ RLM_COMMIT: '' })).toMatchObject({ exitCode: 3, stdout: expect.stringContaining('RLM_COMMIT') });
  const { exitCode, stderr } = await run({});
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^rlm assess: FAIL:/m) });
  const [html = '', junit = ''] = step.artifact_paths;
  expect(await readFile(join(path, html), 'utf8')).toContain('id="rlm-file"');
  expect(await readFile(join(path, junit), 'utf8')).toContain('src/run.js');
  const annotation = await told();
  expect(annotation).toMatch(/^annotate --style error --context rlm-assess\n/);
  expect(annotation).toContain('src/run.js');
  expect(annotation).not.toContain('secret-of-the-agent');
  expect((await readdir(join(outside, 'cache', 'rlm-gate'))).toSorted()).toEqual([
    'judgements',
    'npm',
    'pnpm',
    'runs',
    'uv',
  ]);
  expect(await readdir(join(outside, 'cache', 'rlm-gate', 'runs'))).toEqual([]);
  expect(await traps.sung()).toEqual([]);
});

/** rlm-bridge at a commit, whose installer puts in place the command of this checkout: the installer is tried in the other tests. */
async function bridge(): Promise<Repository> {
  const repository = await Repository.create({ 'README.md': 'rlm-bridge\n' });
  const rlm = `#!/bin/sh\nRLM_PYTHON="${PYTHON}" exec ${COMMAND} "$@"\n`;
  await repository.commit('The gate', {
    'gate/rlm-assess.sh': await readFile(join(ROOT, 'gate/rlm-assess.sh')),
    'gate/install': `mkdir -p "$1/bin" && cat > "$1/bin/rlm" << 'END'\n${rlm}END\nchmod 755 "$1/bin/rlm"\n`,
  });
  return repository;
}

test('the commands for any other CI judge, keep judgements, and say how the work stands against before', async () => {
  const [recipe = ''] = await blocksOf('docs/ci.md', 'Any other CI', 'sh');
  const { path, outside, config } = await checkout(EVIL, true);
  const repository = await bridge();
  const env = {
    RLM_ARGS: `--config ${config}`,
    XDG_CACHE_HOME: join(outside, 'cache'),
    RLM_HTML: '',
    RLM_JSON: join(outside, 'now.json'),
  };
  const run = async (more: Record<string, string> = {}) => {
    const folder = await temporaryFolder();
    const filled = recipe
      .replaceAll('https://github.com/OWNER/rlm-bridge.git', repository.path)
      .replaceAll('COMMIT', await repository.git('rev-parse', 'HEAD').then((text) => text.trim()))
      .replaceAll('/opt/', `${folder}/`)
      .replaceAll('/path/of/the/checkout', path);
    return await execa('sh', ['-e', '-c', filled], { env: { ...env, ...more }, reject: false, all: true });
  };
  // A file that is not there yet is no error.
  const before = join(outside, 'before.json');
  const first = await run({ RLM_TREND: before, RLM_PREVIOUS: before });
  expect(first).toMatchObject({ exitCode: 1, all: expect.stringContaining('rlm assess: FAIL') });
  expect(first.all).not.toContain('Against the base branch');
  expect(await readFile(join(path, 'rlm-junit.xml'), 'utf8')).toContain('src/run.js');
  await writeFile(before, await readFile(join(outside, 'now.json')));
  const second = await run({ RLM_TREND: before, RLM_PREVIOUS: before });
  expect(second).toMatchObject({
    exitCode: 1,
    all: expect.stringContaining('Against the base branch: FAIL as before'),
  });
  expect(JSON.parse(await readFile(join(outside, 'now.json'), 'utf8'))).toMatchObject({
    workers: [{ findings: [{ since: 'still_there' }] }],
    rlmMetrics: { cachedWorkers: 1, usage: { calls: 0 } },
  });
  const nowhere = await execa('bash', [join(repository.path, 'gate/rlm-assess.sh')], {
    cwd: outside,
    env,
    reject: false,
  });
  expect(nowhere).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('no checkout of git') });
});
