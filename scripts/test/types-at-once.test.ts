import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

// The suite checks the types of all packages in one program, tsconfig.json.

const root = resolve(import.meta.dirname, '../..');
const read = async (file: string) => JSON.parse(await readFile(join(root, file), 'utf8'));

test('one program has every folder that a package checks by itself, under the same rules', async () => {
  const { include, ...rules } = await read('tsconfig.json');
  expect(rules).toEqual({ extends: './tsconfig.base.json' });
  const packages = globSync('packages/*/tsconfig.json', { cwd: root });
  expect(packages.length).toBeGreaterThan(10);
  for (const file of packages) {
    const { include: own, ...ownRules } = await read(file);
    expect({ file, ...ownRules }).toEqual({ file, extends: '../../tsconfig.base.json' });
    expect(include).toEqual(expect.arrayContaining(own.map((folder: string) => `packages/*/${folder}`)));
  }
});
