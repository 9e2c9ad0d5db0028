import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PYTHON } from './support/rlm.ts';

// What users get: the packed command beside its packages, in an empty project. Among the tests of Docker, which run one at a
// time: rlm-bridge is packed in its folder, and by a test of its own.

const repository = resolve(import.meta.dirname, '../../../..');
const PACKAGES = ['rlm-bridge', '@rlm-bridge/assess', '@rlm-bridge/cli'];
const fileOf = (name: string) => `./${name.replace('/', '-')}.tgz`;
let project: string;

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'rlm-cli-project-'));
  for (const name of PACKAGES) {
    await execa('pnpm', ['--filter', name, 'pack', '--out', join(project, fileOf(name))], { cwd: repository });
  }
  await writeFile(join(project, 'package.json'), JSON.stringify({ name: 'project', private: true, type: 'module' }));
  const overrides = PACKAGES.map((name) => `  '${name}': 'file:${fileOf(name)}'\n`).join('');
  await writeFile(join(project, 'pnpm-workspace.yaml'), `overrides:\n${overrides}`);
  await execa('pnpm', ['add', '--prefer-offline', ...PACKAGES.map(fileOf)], { cwd: project });
  await writeFile(join(project, 'ship.txt'), 'The name of the ship is the Kestrel.\n');
});

afterAll(() => rm(project, { recursive: true }));

function rlm(...args: string[]) {
  const env = { RLM_PYTHON: PYTHON, NODE_OPTIONS: '' };
  return execa(join(project, 'node_modules/.bin/rlm'), args, { cwd: project, env, reject: false });
}

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
