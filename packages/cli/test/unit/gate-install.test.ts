import { globSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CERTIFICATE_VARIABLES, PROXY_VARIABLES } from '@rlm-bridge/protocol';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { trustPath } from '../../src/policy/trusted-path.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..', '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

test('the installer of the gate links every private package that another one runs with', () => {
  const manifests = globSync('packages/*/package.json', { cwd: ROOT }).map((path) => JSON.parse(read(path)));
  const isPrivate = (name: string) => manifests.some((manifest) => manifest.name === name && manifest.private === true);
  const sources = globSync('packages/{rlm,assess,cli}/src/**/*.ts', { cwd: ROOT }).map(read).join('\n');
  const imported = [...sources.matchAll(/from '(@rlm-bridge\/[\w-]+)/g)].map(([, name = '']) => name);
  const [, bundled = ''] = /^bundled=\((.*)\)$/m.exec(read('gate/install')) ?? [];
  const linked = bundled.split(' ').map((name) => `@rlm-bridge/${name}`);
  expect(linked.sort()).toEqual([...new Set(imported.filter(isPrivate))].sort());
});

test('the installer of the gate passes on the whole way to the network, and no key', () => {
  const [, words = ''] = /^for name in ((?:[^;\\]|\\\n)*); do$/m.exec(read('gate/install')) ?? [];
  const passed = words.split(/[\s\\]+/);
  expect(passed).toEqual(expect.arrayContaining([...PROXY_VARIABLES, ...CERTIFICATE_VARIABLES]));
  expect(passed.filter((name) => /KEY|TOKEN|SECRET|PASSWORD/.test(name))).toEqual([]);
});

test('the installer of the gate and the command leave the same folders on PATH', async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'rlm-test-')));
  const at = (...parts: string[]) => join(folder, ...parts);
  for (const one of ['judged/bin', 'judged-not/bin', 'own/bin']) mkdirSync(at(one), { recursive: true });
  symlinkSync(at('judged/bin'), at('own/link-in'));
  symlinkSync(at('own/bin'), at('judged/link-out'));
  const entries = ['judged', 'judged/bin', 'judged/link-out', 'own/link-in', 'own/bin', 'judged-not/bin', 'judged-not'];
  const PATH = ['', '.', 'bin', 'own/bin', ...entries.map((entry) => at(entry)), '/usr/bin', '/bin'].join(':');
  const env = { PATH };
  trustPath(env, [at('judged')]);
  const [functions = ''] = /^judged=\(\)[\s\S]*?^PATH=\$path$/m.exec(read('gate/install')) ?? [];
  const variables = { PATH, GITHUB_WORKSPACE: at('judged'), source: '/', target: '/opt' };
  const options = { cwd: folder, env: variables, extendEnv: false };
  const { stdout } = await execa('/bin/bash', ['--norc', '-ec', `${functions}\necho "$PATH"`], options);
  rmSync(folder, { recursive: true });
  expect(stdout).toBe(env.PATH);
  expect(stdout.split(':')).toContain(at('own/bin'));
});
