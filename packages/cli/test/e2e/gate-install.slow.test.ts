import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
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

/** A folder with an `npm` that installs nothing: what comes after it is tried. */
async function withoutNpm(): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'npm'), '#!/bin/sh\n', { mode: 0o755 });
  return folder;
}

test.each([
  ['package-lock.json', /sha512-[^"]+/g, `sha512-${Buffer.alloc(64).toString('base64')}`, /EINTEGRITY/],
  ['uv.txt', /sha256:[0-9a-f]+/g, `sha256:${'0'.repeat(64)}`, /HASH/i],
])('what does not have the hash of gate/%s is not installed', async (file, hash, other, message) => {
  const folder = await temporaryFolder();
  await cp(join(ROOT, 'gate'), join(folder, 'gate'), { recursive: true });
  const text = await readFile(join(folder, 'gate', file), 'utf8');
  await writeFile(join(folder, 'gate', file), text.replaceAll(hash, other));
  const before = file === 'uv.txt' ? [await withoutNpm()] : [];
  const { exitCode, stderr } = await execa('bash', [join(folder, 'gate/install'), await temporaryFolder()], {
    env: { PATH: [...before, process.env.PATH].join(':') },
    reject: false,
  });
  expect(exitCode).not.toBe(0);
  expect(stderr).toMatch(message);
});
