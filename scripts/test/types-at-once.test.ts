import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';

// The suite checks the types of all packages in one program, tsconfig.json; what runs in a browser has programs of its own.

const root = resolve(import.meta.dirname, '../..');
const read = async (file: string) => JSON.parse(await readFile(join(root, file), 'utf8'));

test('one program has every folder that a package checks by itself, under the same rules', async () => {
  const { include, exclude, ...rules } = await read('tsconfig.json');
  expect(rules).toEqual({ extends: './tsconfig.base.json' });
  const packages = globSync('packages/*/tsconfig.json', { cwd: root });
  expect(packages.length).toBeGreaterThan(10);
  const excluded: string[] = [];
  for (const file of packages) {
    const { include: own, exclude: others = [], ...ownRules } = await read(file);
    expect({ file, ...ownRules }).toEqual({ file, extends: '../../tsconfig.base.json' });
    expect(include).toEqual(expect.arrayContaining(own.map((folder: string) => `packages/*/${folder}`)));
    excluded.push(...others.map((folder: string) => `${dirname(file)}/${folder}`));
  }
  expect(exclude).toEqual(excluded);
});

test('the suite checks every folder that the program leaves out, in one of its own', async () => {
  const { exclude } = await read('tsconfig.json');
  const own = 'packages/viewer/test/browser';
  const { include } = await read(join(own, 'tsconfig.json'));
  expect(include.map((folder: string) => join(own, folder))).toEqual(expect.arrayContaining(exclude));
  expect(await readFile(join(root, 'scripts/test.ts'), 'utf8')).toContain(`...tsc('${own}')`);
});
