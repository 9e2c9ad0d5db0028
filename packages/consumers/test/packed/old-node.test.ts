import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { OLD_NODE } from '../support/platform.ts';
import { Project } from '../support/project.ts';

// Node 20 with the packed packages.

const PACKAGES = ['rlm-bridge', '@rlm-bridge/assess', '@rlm-bridge/ai-sdk', '@rlm-bridge/viewer', '@rlm-bridge/cli'];
const VERSION = '20.20.2';
let project: Project;
let node: string;

beforeAll(async () => {
  project = Project.installed('old-node');
  node = join(project.folder, 'node_modules', OLD_NODE, 'bin/node');
});

test('starting rlm says which Node is needed, in one line, exit 2', async () => {
  const { exitCode, stdout, stderr } = await project.try(node, ['node_modules/@rlm-bridge/cli/dist/bin.mjs', 'doctor']);
  const line = `rlm: Node 22.18 or newer is needed; this is Node ${VERSION}.`;
  expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 2, stdout: '', stderr: line });
});

test('importing any package says which Node is needed, in one line', async () => {
  const program = `for (const name of ${JSON.stringify(PACKAGES)})
    await import(name).catch(({ name: kind, code, message }) => console.log(name, kind, code, message));`;
  const { stdout, stderr } = await project.try(node, ['--input-type=module', '--eval', program]);
  const line = `RLMError node_too_old rlm-bridge needs Node 22.18 or newer; this is Node ${VERSION}.`;
  expect({ stdout: stdout.split('\n'), stderr }).toEqual({
    stdout: PACKAGES.map((name) => `${name} ${line}`),
    stderr: '',
  });
});

test('every package names the same oldest Node', () => {
  for (const folder of ['rlm', 'assess', 'ai-sdk', 'cli']) {
    const path = resolve(import.meta.dirname, '../../../..', 'packages', folder, 'package.json');
    expect(JSON.parse(readFileSync(path, 'utf8')).engines, folder).toEqual({ node: '>=22.18' });
  }
});
