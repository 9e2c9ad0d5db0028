import { expect, test } from 'vitest';
import { folderOf, rlm } from './support/rlm.ts';

test('says what is there, check by check', async () => {
  const cwd = await folderOf({});
  const { exitCode, stdout } = await rlm(['doctor', '--environment', 'local'], { cwd });
  expect(exitCode).toBe(0);
  for (const name of ['uv', 'python', 'worker-environment', 'keys']) expect(stdout).toContain(name);
});

test('as JSON, and 3 when runs cannot go ahead', async () => {
  const cwd = await folderOf({});
  const { exitCode, stdout } = await rlm(['doctor', '--environment', 'local', '--json'], {
    cwd,
    env: { RLM_PYTHON: '/nowhere/python' },
  });
  expect(exitCode).toBe(3);
  const { ok, checks } = JSON.parse(stdout);
  expect(ok).toBe(false);
  expect(checks).toContainEqual(expect.objectContaining({ name: 'python', status: 'failed' }));
});

test('it has the flags of a run, and finds what the run would find', async () => {
  const cwd = await folderOf({});
  const flags = ['--environment', 'local', '--backend', 'openrouter', '--root-model', 'm'];
  const env = { OPENROUTER_API_KEY: '' };
  const doctor = await rlm(['doctor', ...flags], { cwd, env });
  expect(doctor).toMatchObject({ exitCode: 3, stdout: expect.stringContaining('Backend "openrouter" needs a key') });
  const ask = await rlm(['ask', 'q', '--stdin', ...flags], { cwd, env, input: 'text' });
  expect(ask).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('Backend "openrouter" needs a key') });
  const served = await rlm(['doctor', '--environment', 'local', '--backend', 'offline'], { cwd, env });
  expect(served).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('offline (offline)') });
});
