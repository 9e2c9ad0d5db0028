import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../assess/test/support/repository.ts';
import { runAction } from './support/github-action.ts';
import { EVIL, ROOT, readYaml } from './support/recipes.ts';

// The steps of the GitHub Action, run as a runner would run them; that which installs is tried in hostile-doors.slow.test.ts.

/** A program in the place of the command. */
async function programThat(does: string): Promise<string> {
  const program = join(await temporaryFolder(), 'program');
  await writeFile(program, `#!/bin/sh\n${does}\n`, { mode: 0o755 });
  return program;
}

test('the GitHub Action fails on a defect with annotations, outputs and reports, and keeps what was judged; the next job stands against its report', async () => {
  const kept = join(await temporaryFolder(), 'rlm.json');
  const given = { base: 'origin/main', json: kept, trend: kept, previous: kept };
  const line = 'Against the base branch: FAIL as before';
  // A first run has no report before it, which is no error.
  const first = await runAction(EVIL, given, { isCached: true });
  expect(first).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^rlm assess: FAIL/) });
  expect(first.stderr).not.toContain(line);
  expect(first.stdout).toMatch(/^::error file=src\/run\.js,/m);
  expect(first.output).toMatch(/^verdict=fail$/m);
  expect(await readFile(join(first.path, 'rlm.sarif'), 'utf8')).toContain('src/run.js');
  expect(await readFile(join(first.path, 'rlm.html'), 'utf8')).toContain('id="rlm-file"');
  // Its command was there already: nothing was installed.
  expect(await readdir(join(first.outside, 'rlm-kept'))).toEqual(['judgements']);
  expect(await readdir(join(first.outside, 'rlm-kept', 'judgements'))).not.toEqual([]);
  const second = await runAction(EVIL, { ...given, html: '' });
  expect(second).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(line) });
  expect(await readFile(join(second.outside, 'summary'), 'utf8')).toContain(line);
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

test('the GitHub Action brings and keeps what it may reuse outside of the checkout, by pinned actions, whatever a job comes to', async () => {
  const { runs } = await readYaml('action.yml');
  const [restored, saved] = runs.steps.filter(({ uses = '' }: { uses?: string }) => uses.startsWith('actions/cache/'));
  for (const { uses, with: given } of [restored, saved]) {
    expect(uses).toMatch(/^actions\/cache\/(?:restore|save)@[0-9a-f]{40}$/);
    expect(given.path).toMatch(/^\$\{\{ runner\.temp \}\}\/rlm-kept$/);
  }
  expect(saved.if).toContain('always()');
});

test.each([
  ['skip', '', { exitCode: 0, output: 'verdict=skipped\n', stdout: expect.stringContaining('Not judged') }],
  ['skip', 'key', { exitCode: 1, stdout: expect.stringMatching(/^assess$/m) }],
  ['fail', '', { exitCode: 1, stdout: expect.stringMatching(/^assess$/m) }],
  ['maybe', '', { exitCode: 2, stderr: expect.stringContaining('must be fail or skip') }],
])('a pull request of a fork, where fork is %s and the key is "%s"', async (fork, key, expected) => {
  const judging = await programThat('printf "%s\\n" "$@"; exit 1');
  const given = { base: 'origin/main', fork, isFork: 'true', 'openai-api-key': key, command: judging };
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
  const echo = await programThat('printf "%s\\n" "$@"');
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
  const echo = await programThat('printf "%s\\n" "$@"');
  const injected = await runAction(EVIL, { base: 'origin/main; touch owned', command: echo });
  expect(injected.stdout).toMatch(/^--base\norigin\/main; touch owned$/m);
  const { stdout } = await execa('git', ['status', '--short', 'owned'], { cwd: injected.path });
  expect(stdout).toBe('');
});
