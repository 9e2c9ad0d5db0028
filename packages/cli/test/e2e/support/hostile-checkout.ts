import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from '../../../../assess/test/support/repository.ts';

/** What has been run or asked that must not have been: a file in `folder` for each program, `asked` for each request. */
export interface Canaries {
  folder: string;
  address: string;
  sung(): Promise<string[]>;
}

export async function canaries(): Promise<Canaries> {
  const folder = await temporaryFolder();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`asked for ${request.url}`);
    response.writeHead(404).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return { folder, address, sung: async () => [...(await readdir(folder)), ...asked] };
}

/**
 * A checkout full of files that some tool or other obeys when it is run there: each leaves a trace in the canaries. Written
 * as if the change that is judged had brought them.
 */
export async function plant(checkout: string, { folder, address }: Canaries): Promise<string[]> {
  const touch = (name: string) => join(folder, name);
  const python = (name: string) => `open(${JSON.stringify(touch(name))}, "w").close()\n`;
  const node = (name: string) => `require('node:fs').writeFileSync(${JSON.stringify(touch(name))}, '');\n`;
  const shell = (name: string) => `#!/bin/sh\n: > ${touch(name)}\nexit 0\n`;
  const programs = [
    'git',
    'uv',
    'node',
    'npm',
    'npx',
    'pnpm',
    'python',
    'python3',
    'docker',
    'podman',
    'gt',
    'rlm',
    'sh',
  ];
  const files: Record<string, string> = {
    '.npmrc': `registry=${address}\nnode-options=--require ./evil.cjs\nscript-shell=${checkout}/node_modules/.bin/sh\n`,
    'evil.cjs': node('node-options'),
    '.pnpmfile.cjs': node('pnpmfile'),
    'pnpm-workspace.yaml': 'packages: ["."]\n',
    'package.json': JSON.stringify({
      scripts: { preinstall: `: > ${touch('preinstall')}`, prepare: `: > ${touch('prepare')}` },
      packageManager: 'pnpm@1.0.0',
      type: 'commonjs',
    }),
    'tsconfig.json': '{ "extends": "./none.json" }',
    'pip.conf': `[global]\nindex-url = ${address}\n`,
    'uv.toml': `index-url = "${address}"\npython-preference = "only-managed"\n`,
    'pyproject.toml': `[project]\nname = "x"\nversion = "1"\n[tool.uv]\nindex-url = "${address}"\n`,
    '.python-version': '2.7\n',
    'pip.py': python('pip.py'),
    'venv.py': python('venv.py'),
    'json.py': python('json.py'),
    'platform.py': python('platform.py'),
    'runpy.py': python('runpy.py'),
    'sitecustomize.py': python('sitecustomize.py'),
    'usercustomize.py': python('usercustomize.py'),
    'rlm_worker/__init__.py': python('rlm_worker'),
    'rlm_worker/__main__.py': python('rlm_worker'),
    'rlm_coverage/__init__.py': python('rlm_coverage'),
    '.env': `OPENAI_BASE_URL=${address}\nANTHROPIC_BASE_URL=${address}\n`,
    '.mailmap': 'Someone Else <else@example.com> <ada@example.com>\n',
    '.gitattributes': '* filter=evil diff=evil\n',
    'node_modules/@rlm-bridge/cli/package.json': '{ "name": "@rlm-bridge/cli", "version": "0.1.0", "bin": "rlm.js" }',
    'node_modules/@rlm-bridge/cli/rlm.js': node('node_modules'),
  };
  for (const name of programs) files[`node_modules/.bin/${name}`] = shell(`bin-${name}`);
  for (const name of ['python', 'python3']) files[`.venv/bin/${name}`] = shell(`venv-${name}`);
  files['.venv/pyvenv.cfg'] = 'home = /usr/bin\n';
  for (const [name, text] of Object.entries(files)) {
    const path = join(checkout, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    if (text.startsWith('#!')) await chmod(path, 0o755);
  }
  return Object.keys(files);
}
