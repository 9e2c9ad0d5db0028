import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { expect, test } from 'vitest';

/** Of every package that has folders: each imports only what stands below it. docs/architecture.md tells what each is for. */
const FLOORS = {
  rlm: [
    'index.ts',
    'journal-door.ts',
    'diagnose',
    'session',
    'fork-rlm.ts',
    'resume-rlm.ts',
    'replay-rlm.ts',
    'verify-rlm.ts',
    'run-rlm.ts',
    'run',
    'journal',
    'worker',
    'host',
    'options',
    'python',
    'context',
    'schema',
    'store',
    'require-node.ts',
    'version.ts',
    'signals',
    'process',
    'api',
  ],
  assess: [
    'index.ts',
    'calibrate.ts',
    'plant-faults.ts',
    'summarize-evidence.ts',
    'list-workers.ts',
    'baseline.ts',
    'excerpts-of-work.ts',
    'assess-workers.ts',
    'assessment-call.ts',
    'assessing.ts',
    'prepared.ts',
    'reports',
    'calibration',
    'options',
    'base',
    'verifier',
    'readings',
    'reference',
    'verdict',
    'judge',
    'findings',
    'planting',
    'evidence',
    'text',
    'api',
    'version.ts',
  ],
  cli: [
    'bin.ts',
    'main.ts',
    'start.ts',
    'program.ts',
    'commands',
    'actions',
    'sandbox-image.ts',
    'reports',
    'estimate',
    'flags',
    'policy',
    'configuration',
    'terminal',
    'exit',
    'version.ts',
  ],
  viewer: [
    'index.ts',
    'page',
    'server',
    'report',
    'paths',
    'assessment',
    'sources',
    'journal',
    'official-log',
    'coverage',
    'texts',
    'model',
  ],
};

/** One source of another: a manifest that is read is none. */
const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*'(\.[^']+\.tsx?)'/g;

const PACKAGES = join(import.meta.dirname, '..', '..', 'packages');

/** What each source of a package imports of it, by file. */
function importsOf(name: string): Map<string, string[]> {
  const sources = join(PACKAGES, name, 'src');
  return new Map(
    globSync('**/*.{ts,tsx}', { cwd: sources })
      .toSorted()
      .map((file) => {
        const specifiers = readFileSync(join(sources, file), 'utf8').matchAll(IMPORT);
        return [file, [...specifiers].map(([, specifier = '']) => posix.join(dirname(file), specifier))];
      }),
  );
}

const roomOf = (file: string) => file.split('/')[0] ?? '';

const packages = Object.entries(FLOORS).map(([name, floors]) => ({ name, floors, imports: importsOf(name) }));

test.each(packages)('$name: every file is in a room that is known, and every room has files', ({ floors, imports }) => {
  expect([...new Set([...imports.keys()].map(roomOf))].toSorted()).toEqual(floors.toSorted());
});

test.each(packages)('$name: imports between rooms go down, types included', ({ floors, imports }) => {
  const up = [...imports].flatMap(([file, targets]) =>
    targets
      .filter((target) => floors.indexOf(roomOf(target)) < floors.indexOf(roomOf(file)))
      .map((target) => `${file} imports ${target}`),
  );
  expect(up).toEqual([]);
});

const all = globSync('*/src', { cwd: PACKAGES }).map((sources) => dirname(sources));

test.each(all)('%s: no files import each other in a circle, types included', (name) => {
  const imports = importsOf(name);
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, path: string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
    else if (!done.has(file)) for (const next of imports.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of imports.keys()) visit(file, []);
  expect(circles).toEqual([]);
});
