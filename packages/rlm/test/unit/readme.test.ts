import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Backend, Environment, RunErrorCode } from '@rlm-bridge/protocol';
import { expect, test } from 'vitest';
import { RLM_ERROR_CODES } from '../../src/api/codes.ts';
import { DEFAULT_OPTIONS } from '../../src/api/options.ts';
import { ENVIRONMENT_OPTIONS } from '../../src/options/environment-options.ts';
import { OPTION_NAMES } from '../../src/options/parse-options.ts';
import { ResultFold } from '../../src/run/result-fold.ts';
import { Page, quoted } from '../markdown.ts';

// What README.md names is there, and what is there is named. Its snippets run in test/e2e.

const root = join(import.meta.dirname, '../../../..');
const source = ['packages/rlm/src', 'packages/assess/src', 'packages/protocol/src', 'python/src', 'scripts']
  .map(textOf)
  .join('\n');

function textOf(folder: string): string {
  const files = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
  const kept = files.filter((file) => file.isFile() && !file.name.endsWith('.pyc'));
  return kept.map((file) => readFileSync(join(file.parentPath, file.name), 'utf8')).join('\n');
}

/** Named in the text, and not ours: request fields of providers. */
const FOREIGN = ['top_p'];

const page = new Page('README.md');
const troubleshooting = new Page('docs/troubleshooting.md');
const readme = page.text;

const firstColumn = (heading: string, of: Page = page) => of.tableOf(heading).flatMap(([first = '']) => quoted(first));

test('the table of options has every option, and no other', () => {
  expect(firstColumn('Options').sort()).toEqual([...OPTION_NAMES].sort());
});

test('the defaults in the table of options', () => {
  const shown = page.tableOf('Options').flatMap(([names = '', values = '']) => {
    const defaults = values.replaceAll('`', '').split(', ');
    return quoted(names).map((name, index) => [name, defaults[index] ?? defaults.at(-1)] as const);
  });
  const defaults = Object.entries(DEFAULT_OPTIONS).map(([name, value]) => [name, String(value)]);
  const plain = shown.filter(([name]) => Object.hasOwn(DEFAULT_OPTIONS, name));
  expect(plain.map(([name, value]) => [name, value === 'off' ? 'false' : value]).sort()).toEqual(defaults.sort());
});

test('the backends and environments', () => {
  const row = page.tableOf('Options').find(([names]) => names?.includes('`backend`'));
  expect(quoted(row?.[2] ?? '')).toEqual(Backend.exclude(['host']).options);
  expect(firstColumn('Environments')).toEqual(Environment.options);
});

test('the environment options', () => {
  const given = [...readme.matchAll(/environmentOptions: \{ ([^}]*) \}/g)].map(([, options = '']) => options);
  const names = given.flatMap((options) => options.split(', ').map((option) => option.split(':')[0]));
  expect(names).toContain('memoryMb');
  expect(Object.keys(ENVIRONMENT_OPTIONS.docker.shape)).toEqual(expect.arrayContaining(names));
});

test('the fields of the result', () => {
  const failure = { code: 'cancelled', stopReason: 'errors', message: '', workerStderr: null } as const;
  const end = { kind: 'failed', ...failure, partialAnswer: null, durationMs: 0 } as const;
  const fields = Object.keys(new ResultFold('id').settle(end));
  expect(fields).toEqual(expect.arrayContaining(firstColumn('The result')));
});

test('every code has a row of advice', () => {
  const known: readonly string[] = [...RLM_ERROR_CODES, ...RunErrorCode.options, 'worker_exit'];
  const codes = firstColumn('Codes', troubleshooting);
  expect(codes.length).toBeGreaterThan(0);
  expect(codes.filter((code) => !known.includes(code))).toEqual([]);
  expect(known.filter((code) => !codes.includes(code))).toEqual([]);
});

test('every variable and every name of code in the text is in the source', () => {
  const words = quoted(readme + troubleshooting.text).flatMap((code) => code.match(/\b[A-Za-z]\w*\b/g) ?? []);
  const names = words.filter((word) => /[a-z][A-Z]|_/.test(word));
  expect(names).toEqual(expect.arrayContaining(['RLM_SANDBOX_IMAGE', 'RLM_UV', 'partialAnswer', 'runRLM']));
  expect(names.filter((name) => !FOREIGN.includes(name) && !new RegExp(`\\b${name}\\b`).test(source))).toEqual([]);
});

test('it is short', () => {
  expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(150);
});
