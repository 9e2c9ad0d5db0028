import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf, rlm } from './support/rlm.ts';

test('rlm setup: a line for each thing that a run needs, and exit 0 when it is ready', async () => {
  const cwd = await folderOf({});
  const { exitCode, stdout } = await rlm(['setup', '--environment', 'local'], { cwd });
  expect({ exitCode, stdout }).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Runs can go ahead.') });
  for (const name of ['uv', 'python', 'worker-environment', 'sandbox-image', 'folders', 'network', 'keys']) {
    expect(stdout).toMatch(new RegExp(`^(ok|warning) +${name} `, 'm'));
  }
});

test('rlm setup: one line of what is missing with the command to run, and exit 3', async () => {
  const cwd = await folderOf({});
  const env = { RLM_PYTHON: '', RLM_UV: '/nowhere/uv', RLM_CACHE_DIR: join(cwd, 'cache') };
  const { exitCode, stdout } = await rlm(['setup', '--environment', 'local'], { cwd, env });
  expect(exitCode).toBe(3);
  expect(stdout.split('\n').at(-1)).toBe('Runs cannot go ahead: uv (pipx install uv), worker-environment.');
});

test('rlm setup --json: the same as data', async () => {
  const cwd = await folderOf({});
  await writeFile(join(cwd, 'file'), '');
  const args = ['setup', '--environment', 'local', '--json', '--log-dir', join(cwd, 'file', 'logs')];
  const { exitCode, stdout } = await rlm(args, { cwd });
  expect(exitCode).toBe(3);
  const { ok, checks } = JSON.parse(stdout);
  expect(ok).toBe(false);
  expect(checks).toContainEqual(expect.objectContaining({ name: 'folders', status: 'failed' }));
});

test('rlm setup and rlm doctor say what is missing in the words of the command', async () => {
  const cwd = await folderOf({});
  const docker = join(cwd, 'docker');
  const info = `info) echo '{"ServerVersion":"28"}' ;; version) echo 28 ;; *) echo "No such image" >&2; exit 1 ;;`;
  await writeFile(docker, `#!/bin/sh\ncase "$1" in ${info} esac\n`, { mode: 0o755 });
  const env = { PATH: `${cwd}:${process.env.PATH}` };
  for (const [command, code] of [
    ['setup', 3],
    ['doctor', 0],
  ] as const) {
    const { exitCode, stdout } = await rlm([command, '--image', 'not/here:1'], { cwd, env });
    expect({ exitCode, stdout }).toMatchObject({ exitCode: code, stdout: expect.stringContaining('by --image or') });
    expect(stdout).toContain('make one with "rlm sandbox build"');
    expect(stdout).not.toMatch(/environmentOptions|npx/);
  }
});
