import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../../../assess/test/support/repository.ts';
import { ROOT } from './support/recipes.ts';

// What the gate's installer refuses. The jobs that install with it are in tests of their own.

test.each(['GITHUB_WORKSPACE', 'CI_PROJECT_DIR', 'RLM_JUDGED'])(
  'an action that is part of the checkout, which %s names, is refused',
  async (variable) => {
    const path = await temporaryFolder();
    await cp(join(ROOT, 'gate'), join(path, 'gate'), { recursive: true });
    const { exitCode, stderr } = await execa('bash', [join(path, 'gate/install'), await temporaryFolder()], {
      env: { [variable]: path },
      reject: false,
    });
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('must not bring its gate'),
    });
  },
);

/** A folder with an `npm` that installs a pnpm of no use: what comes after it is tried. */
async function withoutNpm(): Promise<string> {
  const folder = await temporaryFolder();
  const script =
    '#!/bin/sh\nmkdir -p "$3/node_modules/@pnpm/exe.none" && cp "$0" "$3/node_modules/@pnpm/exe.none/pnpm"\n';
  await writeFile(join(folder, 'npm'), script, { mode: 0o755 });
  return folder;
}

/** A package with a `pnpm` of its own, which could be installed. */
async function forgedPackage(): Promise<Buffer> {
  const folder = join(await temporaryFolder(), 'package');
  await mkdir(folder);
  await writeFile(join(folder, 'package.json'), '{ "name": "forged", "version": "1.0.0" }');
  await writeFile(join(folder, 'pnpm'), '#!/bin/sh\n', { mode: 0o755 });
  const { stdout } = await execa('tar', ['-cz', '-C', dirname(folder), 'package'], { encoding: 'buffer' });
  return Buffer.from(stdout);
}

/** A registry of npm's and Python's packages that gives another one in the place of each, whose hash it knows. */
async function forgery(): Promise<{ address: string; asked: string[] }> {
  const { optionalDependencies } = JSON.parse(await readFile(join(ROOT, 'gate/package.json'), 'utf8'));
  const [, uv] = /^uv==(\S+)/.exec(await readFile(join(ROOT, 'gate/uv.txt'), 'utf8')) ?? [];
  const forged = await forgedPackage();
  const integrity = `sha512-${createHash('sha512').update(forged).digest('base64')}`;
  const asked: string[] = [];
  const server = createServer(({ url = '' }, response) => {
    asked.push(url);
    response.setHeader('content-type', url === '/uv/' ? 'text/html' : 'application/json');
    const dist = { tarball: `${address}pnpm.tgz`, integrity };
    const name = decodeURIComponent(url.slice(1));
    const version = optionalDependencies[name];
    if (version) response.end(JSON.stringify({ name, versions: { [version]: { name, version, dist } } }));
    else if (url === '/uv/') response.end(`<a href="uv-${uv}-py3-none-any.whl"></a>`);
    else response.end(forged);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return { address, asked };
}

test.each([
  ['package-lock.json', /^\/@pnpm%2fexe\./, /there is no pnpm.*hash/],
  ['uv.txt', /^\/uv\/.*\.whl$/, /HASH/i],
])('what does not have the hash of gate/%s is not installed', async (file, offered, message) => {
  const { address, asked } = await forgery();
  const before = file === 'uv.txt' ? [await withoutNpm()] : [];
  const PATH = [...before, process.env.PATH].join(':');
  const { exitCode, stderr } = await execa('bash', [join(ROOT, 'gate/install'), await temporaryFolder()], {
    env: { PATH, npm_config_registry: address, PIP_INDEX_URL: address, PIP_FIND_LINKS: '' },
    reject: false,
  });
  expect(asked.at(-1)).toMatch(offered);
  expect(exitCode).not.toBe(0);
  expect(stderr).toMatch(message);
});
