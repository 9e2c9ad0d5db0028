import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CERTIFICATE_VARIABLES, PROXY_VARIABLES } from '@rlm-bridge/protocol';
import { expect, test } from 'vitest';

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
