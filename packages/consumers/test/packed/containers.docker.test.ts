import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Page } from '../../../rlm/test/markdown.ts';
import { makeNodeImage } from '../support/node-image.ts';
import { Project } from '../support/project.ts';

// docs/containers.md: its very Dockerfile, with the packed packages, on an image of Node that is made here.

const PACKAGES = ['rlm-bridge', '@rlm-bridge/assess', '@rlm-bridge/viewer', '@rlm-bridge/cli'];
const NODE_IMAGE = 'rlm-bridge-node:test';
const SERVICE = 'rlm-bridge-service:test';
const PROGRAM = `
import { runRLM } from 'rlm-bridge';
const options = { backend: 'offline', environment: 'local', logDir: false };
const result = await runRLM({ file: 'ship.txt' }, 'What is the name of the ship?', options);
console.log(result.success ? result.answer : result.error.message);
`;
let project: Project;

beforeAll(async () => {
  project = await Project.withPacked(PACKAGES);
  await makeNodeImage(project, NODE_IMAGE);
  const [dockerfile = ''] = [...new Page('docs/containers.md').text.matchAll(/^```dockerfile\n(.*?)^```$/gms)].map(
    ([, text = '']) => text,
  );
  const dependencies = Object.fromEntries(PACKAGES.map((name, index) => [name, `file:${project.packed[index]}`]));
  await project.write({
    Dockerfile: dockerfile,
    '.dockerignore': 'node-image\n',
    'package.json': JSON.stringify({ name: 'service', private: true, type: 'module', dependencies }),
    'main.js': PROGRAM,
    'ship.txt': 'The name of the ship is the Kestrel.\n',
  });
  const base = ['--build-arg', `NODE_IMAGE=${NODE_IMAGE}`];
  await project.run('docker', ['build', '--network', 'host', ...base, '--tag', SERVICE, '.']);
}, 900_000);

afterAll(async () => {
  await execa('docker', ['rmi', '--force', SERVICE, NODE_IMAGE], { reject: false });
  await project[Symbol.asyncDispose]();
});

/** A container of the recipe can write nothing but its temporary files, and reaches nobody. */
const BOUNDS = ['--rm', '--read-only', '--tmpfs', '/tmp', '--network', 'none'];

test('a container of the recipe runs the program of the service, which answers', async () => {
  const ended = await project.try('docker', ['run', ...BOUNDS, SERVICE]);
  expect(ended).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Kestrel'), stderr: '' });
});

describe('in one container, which waits', () => {
  let container: string;

  beforeAll(async () => {
    const { stdout } = await project.run('docker', ['run', '--detach', ...BOUNDS, SERVICE, 'sleep', 'infinity']);
    container = stdout;
  });

  afterAll(() => project.run('docker', ['kill', container]));

  const run = (settings: string[], ...command: string[]) =>
    project.try('docker', ['exec', ...settings, container, ...command]);

  test.each([
    ['as its user', []],
    ['as another user, without a home folder', ['--user', '12345:12345']],
    ['with HOME=/', ['--env', 'HOME=/']],
    ['with a home folder that is not there', ['--env', 'HOME=/nowhere']],
  ])('rlm ask answers, read-only and without a network: %s', async (_, settings) => {
    const { exitCode, stdout, stderr } = await run(settings, ...ASK, ...WHERE);
    const answered = { exitCode: 0, stdout: expect.stringContaining('Kestrel'), stderr: '' };
    expect({ exitCode, stdout, stderr }).toEqual(answered);
  });

  test('nobody but root, which the service is not, can write what is run', async () => {
    const look = 'id -un; find /opt/rlm-bridge /app ! -type l -writable -print -quit; touch /app/x';
    expect(await run([], 'sh', '-c', look)).toMatchObject({ exitCode: 1, stdout: 'node' });
  });

  test('rlm doctor says the same in there, of folders that are only read', async () => {
    const { exitCode, stdout } = await run([], ...DOCTOR);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringMatching(/^ok +worker-environment/m) });
    expect(stdout).toMatch(/^ok +folders +cache \/opt\/rlm-bridge, cannot be written; temp \/tmp, can be written$/m);
  });
});

const ASK = ['node_modules/.bin/rlm', 'ask', 'What is the name of the ship?', '--file', 'ship.txt'];
const WHERE = ['--backend', 'offline', '--environment', 'local', '--no-log-dir', '--quiet'];
const DOCTOR = ['node_modules/.bin/rlm', 'doctor', '--environment', 'local', '--no-log-dir'];
