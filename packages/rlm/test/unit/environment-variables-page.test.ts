import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONTAINER_VARIABLES, PROXY_VARIABLES } from '@rlm-bridge/protocol';
import { expect, test } from 'vitest';
import { INHERITED_VARIABLES, SERVICE_VARIABLES } from '../../src/python/inherited-variables.ts';
import { uvVariables } from '../../src/python/worker-variables.ts';
import { Page, quoted } from '../markdown.ts';

// docs/environment-variables.md names every variable that the sources read or set, and says where it goes on to.

const root = join(import.meta.dirname, '../../../..');
const page = new Page('docs/environment-variables.md');
const rows = page.headings
  .filter((heading) => page.textOf(heading).includes('\n| '))
  .flatMap((heading) => page.tableOf(heading))
  .map(([names = '', , goesTo = '']) => ({ names: quoted(names), goesTo }));
const mentioned = quoted(page.text);

/** In capitals, between quotes, and no variables. */
const NOT_VARIABLES = [
  // codes of errors and warnings
  'CERTIFICATE_VERIFY_FAILED',
  'ERR_SCRIPT_EXECUTION_TIMEOUT',
  'RLM_ASSESS_CACHE',
  'RLM_CACHE_CLEANUP',
  'RLM_CONTAINER_CLEANUP',
  'RLM_FOLDER_CLEANUP',
  'RLM_ON_EVENT',
  'PROVIDER_IS_BUSY',
  'RLM_SIGNAL',
  'RLM_STORE_CLEANUP',
  // what Node and a child of its own say to each other
  'NODE_HANDLE',
  'NODE_HANDLE_ACK',
  'NODE_HANDLE_NACK',
  // names in Python
  'CONFIG_ARGS',
  'PR_SET_DUMPABLE',
  'PR_SET_NAME',
  'RLIMIT_AS',
  'RLIMIT_CPU',
  'RLIMIT_FSIZE',
  'RLIMIT_NOFILE',
  'SHOW_VARS',
  // a code of Node's
  'ERR_CHILD_PROCESS_STDIO_MAXBUFFER',
  // in the text of defects that rlm calibrate plants
  'API_KEY',
  'AWS_ACCESS_KEY_ID',
  'DATABASE_URL',
  'PAYMENTS_KEY',
  'REGISTRY_TOKEN',
  // bash's own
  'BASH_SOURCE',
];

const QUOTED = /['"]([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)['"]/g;
const READ = /\benv(?:iron)?(?:\.|\[['"]|\.get\(['"])([A-Z][A-Z0-9_]+)\b/g;
const IN_SHELL = /\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b/g;

function sources(): string[] {
  const folders = ['packages/*/src/*', 'python/src/*', 'scripts/*', 'gate/*', 'action.yml'];
  const listed = execFileSync('git', ['ls-files', ...folders], { cwd: root, encoding: 'utf8' })
    .trim()
    .split('\n');
  // A browser has none.
  return listed.filter((path) => !/^packages\/(?:fake-provider|viewer\/src\/page)\/|\/_generated\//.test(path));
}

function variablesIn(path: string): string[] {
  const text = readFileSync(join(root, path), 'utf8').replaceAll(/^ *#.*$/gm, '');
  const isCode = /\.(?:ts|mjs|py)$/.test(path);
  const patterns = isCode ? [QUOTED, READ] : [IN_SHELL];
  return patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, name = '']) => name));
}

const used = [...new Set(sources().flatMap(variablesIn))].filter((name) => !NOT_VARIABLES.includes(name));

test('every environment variable has its line', () => {
  expect(used.length).toBeGreaterThan(100);
  expect(used.filter((name) => !mentioned.includes(name)).sort()).toEqual([]);
});

test('every variable of the page is in the sources', () => {
  const source = sources()
    .map((path) => readFileSync(join(root, path), 'utf8'))
    .join('\n');
  const names = rows.flatMap((row) => row.names);
  expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(source))).toEqual([]);
  expect(names.length).toBe(new Set(names).size);
});

/** The rows that say that their variables go on to somebody; a name after it in brackets restricts it. */
function saidToReach(reader: string): string[] {
  return rows.flatMap(({ names, goesTo }) => {
    const said = goesTo.split(/, (?![^(]*\))/).find((one) => one === reader || one.startsWith(`${reader} (`));
    if (said === undefined) return [];
    const only = /\((.*)\)/
      .exec(said)?.[1]
      ?.replaceAll('`', '')
      .split(/, | and /);
    return only === undefined
      ? names
      : names.filter((name) => only.some((one) => name === one || name.startsWith(`${one}_`)));
  });
}

/** A tuple of names, in whichever module of the worker below a folder it is. */
function pythonNames(folder: string, constant: string): string[] {
  const modules = sources().filter((path) => path.startsWith(`python/src/rlm_worker/${folder}/`));
  const text = modules.map((path) => readFileSync(join(root, path), 'utf8')).join('\n');
  const [, list = ''] = new RegExp(`^${constant}\\b[^=]*= \\(([^)]*)\\)`, 'm').exec(text) ?? [];
  return [...list.matchAll(/"(\w+)"/g)].map(([, name = '']) => name);
}

test('what the worker inherits', () => {
  const inherited = [...INHERITED_VARIABLES, ...Object.values(SERVICE_VARIABLES).flat()];
  expect(saidToReach('worker').sort()).toEqual([...inherited].sort());
});

test('what the local REPL inherits', () => {
  expect(saidToReach('local').sort()).toEqual(pythonNames('environments', 'KERNEL_VARIABLES').sort());
});

test('what the client of the container runtime inherits', () => {
  const known = [...pythonNames('environments', '_OWN_VARIABLES'), ...CONTAINER_VARIABLES, ...PROXY_VARIABLES];
  expect(saidToReach('containers').sort()).toEqual(known.sort());
});

test.each([
  ['KERNEL_VARIABLES', 'the local REPL'],
  ['_OWN_VARIABLES', 'the client of the container runtime'],
])('%s names for %s only what the host hands to a worker', (constant) => {
  const names = pythonNames('environments', constant);
  expect(names.length).toBeGreaterThan(0);
  expect(names.filter((name) => !INHERITED_VARIABLES.some((inherited) => inherited === name))).toEqual([]);
});

test('what uv gets', () => {
  const names = rows.flatMap((row) => row.names);
  const got = Object.keys(uvVariables(Object.fromEntries(names.map((name) => [name, 'x']))));
  const said = saidToReach('uv');
  expect(got.filter((name) => !said.includes(name))).toEqual([]);
  expect(said.filter((name) => !got.includes(name))).toEqual([]);
});
