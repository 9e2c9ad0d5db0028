import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import type { RLMBackend } from '../../src/api/backends.ts';
import type { RLMError } from '../../src/api/errors.ts';
import { resolveModels } from '../../src/index.ts';
import { BACKEND_OPTIONS, requireBackendOptions } from '../../src/options/backend-options.ts';
import { credentialsOf } from '../plan.ts';

const PYTHON = process.env.RLM_PYTHON ?? fileURLToPath(new URL('../../../../python/.venv/bin/python', import.meta.url));
const SOURCES = fileURLToPath(new URL('../../../../python/src', import.meta.url));

/** What Python says of each backend, name and value: null when it takes it. */
const PROGRAM = `
import json, sys
sys.path.insert(0, sys.argv[1])
from rlm_worker.clients.backend_options import BACKEND_OPTIONS, checked_options
from rlm_worker.errors import RunError
def said(backend, name, value):
    try:
        checked_options(backend, {name: value})
    except RunError as error:
        return error.message
values = json.loads(sys.argv[2])
print(json.dumps({b: {n: [said(b, n, v) for v in values] for n in rules} for b, rules in BACKEND_OPTIONS.items()}))
`;

const VALUES = [
  ...[
    '',
    ' ',
    'a',
    'a b',
    'a\nb',
    ' a',
    'ключ',
    '30',
    'no url',
    'https://',
    'https://a b',
    'https://a.example/b',
    'ws://a',
  ],
  ...[0, -1, 7, 1.5, 604_800, 604_801, 2 ** 31, 2 ** 31 + 1, 1e99, true, false, null],
  ...[[], ['a'], [7], ['ключ'], {}, { a: 'b' }, { a: 7 }, { a: true }, { a: ['b'] }, { a: { b: 'c' } }, { a: null }],
  ...[{ 'X Team': 'a' }, { 'X-Team': ' a' }, { 'X-Team': '' }],
];

function said(backend: RLMBackend, name: string, value: unknown): string | null {
  try {
    requireBackendOptions(backend, { [name]: value }, 'backendOptions');
    return null;
  } catch (error) {
    expect(error).toMatchObject({ name: 'RLMError', code: 'invalid_options' });
    return (error as RLMError).message.replace(' Nothing was started.', '');
  }
}

test('the rules of every backend are those of the worker, to the word', async () => {
  const { stdout } = await execa(PYTHON, ['-I', '-c', PROGRAM, SOURCES, JSON.stringify(VALUES)]);
  const ours = Object.entries(BACKEND_OPTIONS).map(([backend, rules]) => {
    const names = Object.keys(rules).map((name) => [
      name,
      VALUES.map((value) => said(backend as RLMBackend, name, value)),
    ]);
    return [backend, Object.fromEntries(names)];
  });
  expect(Object.fromEntries(ours)).toEqual(JSON.parse(stdout));
});

test.each(Object.keys(BACKEND_OPTIONS) as RLMBackend[])(
  '%s: an unknown name is refused before a run starts',
  (backend) => {
    const options = { backend, apiKey: 'k', baseUrl: 'http://127.0.0.1:1', rootModel: 'm' };
    for (const name of ['zebra', '__proto__', 'constructor', 'apiKey', 'httpClient']) {
      const backendOptions = JSON.parse(`{"${name}": 1}`);
      expect(() => resolveModels({ ...options, backendOptions })).toThrow(
        expect.objectContaining({
          message: expect.stringContaining(`backendOptions.${name} is no option of backend "${backend}".`),
        }),
      );
    }
  },
);

test('the page of providers has the options of each backend', () => {
  const text = readFileSync(new URL('../../../../docs/providers.md', import.meta.url), 'utf8');
  const [, ...rows] = text.slice(text.indexOf('| backend | options |')).split('\n\n', 1).join('').split('\n');
  const namesIn = (cell = '') => [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
  const cells = rows
    .map((row) => row.split('|'))
    .flatMap(([, backends, options]) => namesIn(backends).map((one) => [one, namesIn(options)] as const));
  const shown = Object.fromEntries(cells.map(([backend, names]) => [backend, [...names].sort()]));
  const common = Object.keys(BACKEND_OPTIONS.offline);
  const own = Object.entries(BACKEND_OPTIONS).map(([backend, rules]) => [
    backend,
    Object.keys(rules)
      .filter((name) => !common.includes(name))
      .sort(),
  ]);
  expect({ ...shown, portkey: null }).toEqual({ ...Object.fromEntries(own), portkey: null });
  expect(Object.keys(BACKEND_OPTIONS.portkey)).toEqual(expect.arrayContaining(shown.portkey ?? ['none']));
});

test('a name is known in both case styles, and a slip gets a guess', () => {
  const given = { defaultHeaders: { 'X-A': 'b' }, max_reply_bytes: 1, totalTimeout: null };
  expect(requireBackendOptions('openai', given, 'o')).toEqual({ default_headers: { 'X-A': 'b' }, max_reply_bytes: 1 });
  expect(said('openai', 'orgnization', 'x')).toContain('Did you mean "organization"?');
});

test('the option is called as the caller called it, and all faults are told at once', () => {
  const both = { backend: 'openai', apiKey: 'k' } as const;
  const wrong = { timeout: '30', organization: 5 };
  const message = (options: object) => {
    try {
      credentialsOf({ ...both, ...options }, {});
      return null;
    } catch (error) {
      return (error as RLMError).message;
    }
  };
  expect(message({ backendOptions: wrong })).toMatch(
    /^backendOptions\.timeout must .* backendOptions\.organization must/,
  );
  expect(message({ subBackendOptions: wrong })).toMatch(/^subBackendOptions\.timeout must/);
  const host = async () => ({ text: '' });
  expect(message({ rootModel: host, subModel: 'm', backendOptions: wrong })).toMatch(/^backendOptions\.timeout must/);
});

test('no value is shown: it may be a secret', () => {
  expect(said('portkey', 'virtualKey', 'sk-secret\n')).not.toContain('sk-secret');
  expect(said('openai', 'defaultHeaders', { Authorization: ' sk-secret' })).not.toContain('sk-secret');
});

test('Azure takes its token in place of a key, and its endpoint in place of an address', () => {
  const backendOptions = { azureAdToken: 'token', azureEndpoint: 'https://x.openai.azure.com' };
  const { root } = credentialsOf({ backend: 'azure_openai', backendOptions }, {});
  expect(root).toMatchObject({ apiKey: null, baseUrl: null, backendOptions: { azure_ad_token: 'token' } });
});

test('a version of an API that a variable says wrongly is named', () => {
  const env = { AZURE_OPENAI_API_VERSION: '2024-10-21\n' };
  const options = { backend: 'azure_openai', apiKey: 'k', baseUrl: 'https://x.openai.azure.com' } as const;
  expect(() => credentialsOf(options, env)).toThrow(
    expect.objectContaining({ code: 'invalid_setting', message: expect.stringMatching(/^AZURE_OPENAI_API_VERSION: /) }),
  );
});
