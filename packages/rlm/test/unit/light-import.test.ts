import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const INDEX = join(import.meta.dirname, '../../src/index.ts');
const META_SCHEMA = join(import.meta.dirname, '../../src/schema/meta-schema.ts');

/** What is loaded with a file, and not when it is asked for: types are loaded never. */
const STATIC = /^(?:import|export)\s(?!type\s)[^;'"]*?from '([^']+)'|^import '([^']+)'/gm;

/** The packages that are loaded with a file. */
function packagesOf(file: string, seen = new Set<string>(), packages = new Set<string>()): Set<string> {
  if (seen.has(file)) return packages;
  seen.add(file);
  for (const [, from = '', bare = ''] of readFileSync(file, 'utf8').matchAll(STATIC)) {
    const name = from || bare;
    if (name.startsWith('.')) packagesOf(join(dirname(file), name), seen, packages);
    else packages.add(name);
  }
  return packages;
}

test('what few runs need is not loaded with the package', () => {
  const packages = packagesOf(INDEX);
  expect(packages).toContain('zod');
  expect([...packages].filter((name) => /^(execa|ajv|tinyglobby)/.test(name))).toEqual([]);
});

test('a schema of a library is checked without Ajv, of which one function that compares is loaded', () => {
  expect([...packagesOf(META_SCHEMA)]).toEqual(['ajv/dist/runtime/equal.js']);
});
