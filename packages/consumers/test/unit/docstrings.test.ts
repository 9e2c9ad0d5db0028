import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { API, type Project } from 'typescript/unstable/sync';
import { afterAll, describe, expect, test } from 'vitest';
import { type PublicMember, publicMembers } from '../support/public-members.ts';

// What an editor shows of a name that the mouse rests on: no name that users reach may show nothing.

const DOORS = [
  'rlm/src/index.ts',
  'rlm/src/journal-door.ts',
  'assess/src/index.ts',
  'ai-sdk/src/index.ts',
  'cli/src/main.ts',
  'viewer/src/index.ts',
];

const api = new API();
afterAll(() => api.close());

const packages = new URL('../../../', import.meta.url).pathname;

/** A program of files, wherever they are. */
function open(files: readonly string[], settings: object): Project {
  const config = join(mkdtempSync(join(tmpdir(), 'docstrings-')), 'tsconfig.json');
  writeFileSync(config, JSON.stringify({ ...settings, files }));
  const project = api.updateSnapshot({ openProjects: [config] }).getProject(config);
  if (project === undefined) throw new Error(`There is no project ${config}`);
  return project;
}

const doors = open(
  DOORS.map((door) => join(packages, door)),
  {
    extends: join(packages, '../tsconfig.base.json'),
    compilerOptions: { typeRoots: [join(packages, '../node_modules/@types')] },
  },
);

const withoutDocstring = (members: PublicMember[]) =>
  members.filter(({ docstring }) => docstring === '').map(({ path }) => path);

describe.each(DOORS)('through %s', (door) => {
  const members = publicMembers(doors, join(packages, door));

  test('every export and every property that can be reached from it has its docstring', () => {
    expect(withoutDocstring(members)).toEqual([]);
  });

  test('every docstring begins and ends as a sentence does', () => {
    const isSentence = (text: string) => /^[^a-z]/.test(text) && text.endsWith('.');
    expect(members.filter(({ docstring }) => docstring !== '' && !isSentence(docstring))).toEqual([]);
  });
});

test.each([
  ['an export', 'export const bare = 1;', ['bare']],
  [
    'a property of a literal in a literal',
    'export interface bare { a: { b: string }[] }',
    ['bare', 'bare.a', 'bare.a.b'],
  ],
  ['a property that only an option has', 'export function bare(o: { a: 1 } | null): void {}', ['bare', 'bare.a']],
  ['a property of what a function gives', 'export const bare = async () => ({ a: 1 });', ['bare', 'bare.a']],
  ['a member of a class', 'export class bare { a = 1; #b = 2 }', ['bare', 'bare.a']],
  ['a property that is inferred', 'const o = {\n/** A. */ a: 1 }; export type bare = typeof o', ['bare', 'bare.a']],
  ['what a constructor takes', 'export class bare { constructor(o: { a: 1 }) {} }', ['bare', 'bare.a']],
  ['nothing that a private one takes', '/** One. */ export class one { private constructor(o: { a: 1 }) {} }', []],
  ['nothing else', '/** One. */ export type one = {\n/** Two. */ two: string } & Partial<Error>', []],
])('without a docstring is found: %s', (_, source, found) => {
  const door = join(mkdtempSync(join(tmpdir(), 'docstrings-')), 'packages', 'one', 'src', 'index.ts');
  mkdirSync(dirname(door), { recursive: true });
  writeFileSync(door, source);
  const project = open([door], { compilerOptions: { strict: true } });
  expect(withoutDocstring(publicMembers(project, door))).toEqual(found);
});
