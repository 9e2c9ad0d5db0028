import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FAULT_KINDS, type PlantedWork, plantFaults } from '../../src/index.ts';
import { Random } from '../../src/planting/random.ts';
import { functionsOf } from '../../src/planting/source-functions.ts';
import { testsOf } from '../../src/planting/test-blocks.ts';
import { PYTHON } from '../support/judge.ts';
import { projectSources } from '../support/project-sources.ts';
import { Repository, temporaryFolder } from '../support/repository.ts';

// Faults planted into this repository's own files, TypeScript and Python.

const run = promisify(execFile);
let repository: Repository;
let planted: PlantedWork;
let copy: Repository;

beforeAll(async () => {
  repository = await projectSources();
  planted = await plantFaults({ cwd: repository.path, each: 3, seed: 11 });
  copy = await Repository.at(planted.repository);
}, 60_000);
afterAll(() => planted.remove());

interface Changed {
  path: string;
  text: string;
  diff: string;
}

let changes: Promise<Map<string, Changed[]>> | undefined;

/** The files that a commit changes, with their text after it. */
async function changedBy(commit: string): Promise<Changed[]> {
  changes ??= readChanges();
  return (await changes).get(commit) ?? [];
}

/** Of all commits, by patches that hold every line of a file: git is asked once. */
async function readChanges(): Promise<Map<string, Changed[]>> {
  const commits = [...new Set(planted.labels.map(({ commit }) => commit ?? ''))];
  const shown = await copy.git('show', '--format=%x00%H', '--no-renames', '-U1000000', ...commits);
  const parts = shown.split('\0').slice(1);
  return new Map(
    parts.map((part) => [
      part.slice(0, part.indexOf('\n')),
      part
        .split(/^(?=diff --git )/m)
        .slice(1)
        .map(changedIn),
    ]),
  );
}

function changedIn(diff: string): Changed {
  const path = /^\+\+\+ b\/(.*)$/m.exec(diff)?.[1] ?? '';
  const lines = diff.slice(diff.search(/^@@ /m)).split('\n').slice(1);
  const after = lines.filter((line) => /^[ +]/.test(line)).map((line) => line.slice(1));
  return { path, text: after.join('\n'), diff };
}

test('three faults of each kind are planted, in both languages, and as many clean changes', () => {
  expect(planted.short).toEqual([]);
  expect(planted.plants.map(({ kind }) => kind)).toEqual(FAULT_KINDS.flatMap((kind) => [kind, kind, kind]));
  expect(new Set(planted.plants.map(({ file }) => file.split('.').at(-1)))).toEqual(new Set(['ts', 'py']));
  const commits = new Set(planted.labels.map(({ commit }) => commit));
  expect([commits.size, planted.labels.filter(({ label }) => label === 'clean').length]).toEqual([30, 30]);
});

/** A module that is made is parsed, and not run. */
const PARSE_MODULES = `
const { readFileSync } = require('node:fs');
const { SourceTextModule } = require('node:vm');
for (const file of process.argv.slice(1)) new SourceTextModule(readFileSync(file, 'utf8'), { identifier: file });
`;

test('what is planted parses: as modules of Node, and by python -m py_compile', async () => {
  const folder = await temporaryFolder();
  const commits = [...new Set(planted.labels.map(({ commit }) => commit ?? ''))];
  const files: { script: string[]; python: string[] } = { script: [], python: [] };
  for (const [at, commit] of commits.entries()) {
    for (const { path, text } of await changedBy(commit)) {
      const isPython = path.endsWith('.py');
      const file = join(folder, String(at), isPython ? path : `${path}.mjs`);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, isPython ? text : stripTypeScriptTypes(text));
      files[isPython ? 'python' : 'script'].push(file);
    }
  }
  expect(Math.min(files.script.length, files.python.length)).toBeGreaterThan(5);
  await run(process.execPath, ['--no-warnings', '--experimental-vm-modules', '-e', PARSE_MODULES, ...files.script]);
  await run(PYTHON, ['-m', 'py_compile', ...files.python]);
}, 120_000);

const SIGNS = {
  secret: /AKIA|sk_live_|ghp_|postgres:\/\/service:/,
  injection: /wanted|folder/,
  copy: /local/,
  'missing-test': /function|def /,
  'dead-code': /remaining/,
} as const;

test('labels name the lines of the fault, which the commit adds', async () => {
  for (const { commit, kind, file, lines, rule } of planted.plants) {
    const changed = await changedBy(commit);
    const text = changed.find(({ path }) => path === file)?.text.split('\n') ?? [];
    const [first, last] = lines;
    const fault = text.slice(first - 1, last);
    expect(fault.join('\n'), `${kind} in ${file}`).toMatch(SIGNS[kind]);
    const diff = changed.find(({ path }) => path === file)?.diff ?? '';
    for (const line of fault) expect(diff).toContain(`\n+${line}`);
    expect(planted.labels).toContainEqual(expect.objectContaining({ commit, label: 'defect', file, lines, rule }));
  }
});

test('a change brings its function with its tests, but where these are what is missing', async () => {
  for (const { commit, kind, name } of planted.plants) {
    const changed = await changedBy(commit);
    const tests = changed.filter(({ path }) => /test/.test(path.split('/').slice(1).join('/')));
    expect([kind, tests.length > 0]).toEqual([kind, kind !== 'missing-test']);
    expect(changed.some(({ diff }) => new RegExp(`^\\+.*\\b(?:function|def) ${name}\\b`, 'm').test(diff))).toBe(true);
  }
});

test('the same seed plants the same, another one something else; the repository is as it was', async () => {
  const before = await repository.git('for-each-ref');
  const again = await plantFaults({ cwd: repository.path, each: 3, seed: 11 });
  const other = await plantFaults({ cwd: repository.path, each: 3, seed: 12 });
  expect(again.labels).toEqual(planted.labels);
  expect(other.labels).not.toEqual(planted.labels);
  await Promise.all([again.remove(), other.remove()]);
  expect(await repository.git('status', '--porcelain', '--ignored')).toBe('');
  expect(await repository.git('for-each-ref')).toBe(before);
  expect(await repository.git('fsck', '--unreachable', '--no-reflogs')).toBe('');
});

test.each([
  ['no repository', { cwd: '/' }, /has no commit HEAD/],
  ['a commit that is not there', { commit: 'nowhere' }, /has no commit nowhere/],
  ['a kind that is none', { kinds: ['typo'] }, /options.kinds/],
  ['a folder that is there', { folder: '/tmp' }, /not there yet/],
])('refused: %s', async (_, options, message) => {
  const asked = plantFaults({ cwd: repository.path, ...(options as object) });
  await expect(asked).rejects.toMatchObject({ code: 'invalid_options', message: expect.stringMatching(message) });
});

test('a repository without functions that have tests is told so', async () => {
  const plain = await Repository.create({ 'a.ts': 'export function lonely(): void {\n  a();\n  b();\n}\n' });
  await expect(plantFaults({ cwd: plain.path })).rejects.toThrow(/has 0 such functions/);
});

const functions = (text: string, language: 'typescript' | 'python') =>
  functionsOf(text.split('\n'), language).map(({ name, first, last, parameters }) => [
    name,
    first,
    last,
    ...parameters,
  ]);

test('functions are told by their text: with comments and decorators, heads of several lines, and none in doubt', () => {
  const script =
    '/** Adds. */\nexport function add(a: number, b = 1): number {\n  return a + b;\n}\n\nfunction wide({\n  a,\n}: {\n  a: 1;\n}) {\n  return a;\n}\n';
  expect(functions(script, 'typescript')).toEqual([
    ['add', 0, 3, 'a', 'b'],
    ['wide', 5, 11],
  ]);
  expect(functions("function odd() {\n  return '(';\n}\n", 'typescript')).toEqual([]);
  expect(functions('function one() { return 1; }\n', 'typescript')).toEqual([]);
  const python = '@cached\ndef load(\n    path: str,\n) -> str:\n    """Reads."""\n\n    return path\n\n\nX = 1\n';
  expect(functions(python, 'python')).toEqual([['load', 0, 6, 'path']]);
});

test('tests that speak of a function are told by their text', () => {
  const lines =
    "describe('x', () => {\n  test('a', () => {\n    load(1);\n  });\n  it.each([1])('b', (n) => {\n    other(n);\n  });\n  test('c', () => expect(load(2)).toBe(2));\n});".split(
      '\n',
    );
  expect(testsOf(lines, 'typescript', 'load')).toEqual([
    { first: 1, last: 3 },
    { first: 7, last: 7 },
  ]);
  const python = '@mark\ndef test_load() -> None:\n    load()\n\n\ndef test_other() -> None:\n    pass'.split('\n');
  expect(testsOf(python, 'python', 'load')).toEqual([{ first: 0, last: 2 }]);
});

test('random numbers are those of the algorithm, whatever the machine', () => {
  const random = new Random(1);
  expect([random.next(), random.next()].map((value) => value.toFixed(6))).toEqual(['0.627074', '0.002736']);
});
