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
