import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { expect, test } from 'vitest';

const SOURCES = join(import.meta.dirname, '..', '..', 'src');

/** Each imports only what stands below it; docs/architecture.md tells what each is for. */
const FLOORS = [
  'index.ts',
  'diagnose',
  'session',
  'run-rlm.ts',
  'run',
  'worker',
  'host',
  'options',
  'python',
  'context',
  'schema',
  'store',
  'require-node.ts',
  'signals',
  'process',
  'api',
];

const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*'(\.[^']+)'/g;

const files = globSync('**/*.ts', { cwd: SOURCES }).toSorted();
const imports = new Map(files.map((file) => [file, importsOf(file)]));

function importsOf(file: string): string[] {
  const text = readFileSync(join(SOURCES, file), 'utf8');
  return [...text.matchAll(IMPORT)].map(([, specifier = '']) => posix.join(dirname(file), specifier));
}

const roomOf = (file: string) => file.split('/')[0] ?? '';

test('every file is in a room that is known, and every room has files', () => {
  expect([...new Set(files.map(roomOf))].toSorted()).toEqual(FLOORS.toSorted());
});

test('imports between rooms go down, types included', () => {
  const up = [...imports].flatMap(([file, targets]) =>
    targets
      .filter((target) => FLOORS.indexOf(roomOf(target)) < FLOORS.indexOf(roomOf(file)))
      .map((target) => `${file} imports ${target}`),
  );
  expect(up).toEqual([]);
});

test('no files import each other in a circle, types included', () => {
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, path: string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
    else if (!done.has(file)) for (const next of imports.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  expect(circles).toEqual([]);
});
