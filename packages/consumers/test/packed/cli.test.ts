import { beforeAll, expect, test } from 'vitest';
import { Project } from '../support/project.ts';

// The packed command beside its packages.

let project: Project;

beforeAll(async () => {
  project = Project.installed('command');
  await project.write({ 'ship.txt': 'The name of the ship is the Kestrel.\n' });
});

const rlm = (...args: string[]) => project.try('node_modules/.bin/rlm', args);

test('the command says its version, and answers', async () => {
  expect(await rlm('--version')).toMatchObject({ exitCode: 0, stdout: '0.1.0', stderr: '' });
  const where = ['--backend', 'offline', '--environment', 'local', '--no-log-dir', '--quiet'];
  const { exitCode, stdout } = await rlm('ask', 'What is the name of the ship?', '--file', 'ship.txt', ...where);
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringContaining('Kestrel') });
});

test('and judges nothing by a program that is no model', async () => {
  const { exitCode, stderr } = await rlm('assess', '--changed', '--backend', 'offline', '--environment', 'local');
  expect(exitCode).toBe(3);
  expect(stderr).toMatch(/^rlm assess: INCONCLUSIVE/);
});
