import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { RLMOptions } from '../../src/api/options.ts';
import { checkKeys } from '../../src/diagnose/check-keys.ts';
import { checkNetwork } from '../../src/diagnose/check-network.ts';
import type { Subject } from '../../src/diagnose/subject.ts';
import { parseOptions } from '../../src/options/parse-options.ts';
import { workerVariables } from '../../src/python/worker-variables.ts';
import { credentialsOf } from '../plan.ts';

const folder = mkdtempSync(join(tmpdir(), 'rlm-test-surroundings-'));
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const NO_PEM = file('not-pem', 'no certificate');
const PEM = file('ca.pem', '-----BEGIN CERTIFICATE-----\n');
afterAll(() => rmSync(folder, { recursive: true }));

const KEY = 'sk-0123456789abcdef';
const subject = (env: NodeJS.ProcessEnv): Subject => ({
  options: { ...parseOptions({}), environment: 'local' },
  environment: 'local',
  environmentOptions: undefined,
  python: undefined,
  uvPath: undefined,
  prepares: false,
  env,
});

test.each<[string, NodeJS.ProcessEnv]>([
  ['OPENAI_API_KEY', { OPENAI_API_KEY: `${KEY}\n` }],
  ['OPENAI_API_KEY', { OPENAI_API_KEY: ` ${KEY}` }],
  ['OPENAI_API_KEY', { OPENAI_API_KEY: 'sk-ключ-0123456789' }],
  ['OPENAI_BASE_URL', { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: 'https://host/v1 ' }],
  ['OPENAI_BASE_URL', { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: 'host:8000/v1' }],
])(
  'a variable that cannot be used is named before anything is sent, and diagnose finds the same: %s %j',
  async (name, env) => {
    const fault = { code: 'invalid_setting', message: expect.stringMatching(new RegExp(`^${name}`)) };
    expect(() => credentialsOf({}, env)).toThrow(expect.objectContaining(fault));
    const found = await checkKeys(subject(env), true);
    expect(found).toMatchObject({ status: 'failed', advice: fault.message });
    expect(JSON.stringify(found)).not.toContain(KEY);
  },
);

test.each<[string, string]>([
  ['SSL_CERT_FILE', join(folder, 'gone.pem')],
  ['NODE_EXTRA_CA_CERTS', join(folder, 'gone.pem')],
  ['REQUESTS_CA_BUNDLE', NO_PEM],
  ['ALL_PROXY', 'ftp://host:1'],
  ['https_proxy', 'http://user:secret-word@host:port'],
])('a setting of the network that cannot be used is named, and diagnose finds the same: %s %s', async (name, value) => {
  const env = { OPENAI_API_KEY: KEY, [name]: value };
  const fault = { code: 'invalid_setting', message: expect.stringMatching(new RegExp(`^${name}`)) };
  expect(() => credentialsOf({}, env)).toThrow(expect.objectContaining(fault));
  const found = await checkNetwork(subject(env), true);
  expect(found).toMatchObject({ status: 'failed', advice: fault.message });
  expect(JSON.stringify(found)).not.toContain('secret-word');
  expect(credentialsOf({ backend: 'offline' }, env).root.backend).toBe('offline');
});

test('settings that can be used are not held up', async () => {
  const env = {
    OPENAI_API_KEY: KEY,
    SSL_CERT_FILE: PEM,
    NODE_EXTRA_CA_CERTS: folder,
    ALL_PROXY: 'socks5://127.0.0.1:1080',
    HTTP_PROXY: 'proxy:3128',
    NO_PROXY: 'fd00::/8,10.0.0.0/8',
  };
  expect(credentialsOf({}, env).root.apiKey).toBe(KEY);
  expect(await checkNetwork(subject(env), true)).toMatchObject({ status: 'ok', advice: null });
});

test('a certificate may stand after any text', () => {
  const credentials = (text: string) =>
    credentialsOf({}, { OPENAI_API_KEY: KEY, SSL_CERT_FILE: file('late.pem', text) });
  for (let length = 4080; length < 4100; length++) {
    const before = '#'.repeat(length);
    expect(credentials(`${before}-----BEGIN `).root.apiKey).toBe(KEY);
    expect(credentials(`${before}${before}-----BEGIN CERTIFICATE${before}`).root.apiKey).toBe(KEY);
    expect(() => credentials(`${before}----BEGIN ${before}`)).toThrow('holds no certificate');
  }
});

test.each<RLMOptions>([{ baseUrl: 'https://host/v1 ' }, { subBaseUrl: 'https://host/a b' }])(
  'an address with a blank is an invalid option: %j',
  (options) => {
    const [name] = Object.keys(options);
    expect(() => parseOptions(options)).toThrow(new RegExp(`${name}.*without blanks`));
  },
);

test('a key given as an option is named as one', () => {
  const message = expect.stringMatching(/^apiKey:/);
  expect(() => credentialsOf({ backend: 'openai', apiKey: `${KEY}\n` }, {})).toThrow(
    expect.objectContaining({ code: 'invalid_setting', message }),
  );
});

test('the worker has the authorities of Node, and the agent that DOCKER_HOST=ssh:// asks', () => {
  const env = {
    NODE_EXTRA_CA_CERTS: PEM,
    SSH_AUTH_SOCK: '/run/agent',
    DOCKER_HOST: 'ssh://me@host',
    OPENAI_API_KEY: KEY,
  };
  const { OPENAI_API_KEY: _, ...inherited } = env;
  expect(workerVariables('docker', env)).toMatchObject(inherited);
  expect(workerVariables('docker', env)).not.toHaveProperty('OPENAI_API_KEY');
});
