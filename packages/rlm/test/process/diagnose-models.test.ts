import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { diagnose, formatDiagnosis, type RLMOptions, runRLM } from '../../src/index.ts';

// A diagnosis takes the options that a run would get, and says of them what the run would say.

const env = { PATH: '/nowhere', RLM_CACHE_DIR: join(tmpdir(), 'rlm-test-never-made') };
const PYTHON = { environment: 'local', python: '/nonexistent/python', quiet: true } as const;

async function models(options: RLMOptions, variables: Record<string, string> = {}) {
  const { checks } = await diagnose({ ...options, env: { ...env, ...variables } });
  return checks.find(({ name }) => name === 'models');
}

const FAULTS: [string, RLMOptions, string][] = [
  ['a key that is missing', { backend: 'openrouter' }, 'missing_api_key'],
  ['an address that is missing', { backend: 'vllm', rootModel: 'm' }, 'invalid_options'],
  ['a model that is missing', { backend: 'litellm', baseUrl: 'http://127.0.0.1:1' }, 'invalid_options'],
  ['a model of another provider', { backend: 'gemini', apiKey: 'k', rootModel: 'sonnet' }, 'invalid_options'],
  ['a key that no header carries', { backend: 'openai', apiKey: 'sk-a\n' }, 'invalid_setting'],
  [
    'a backend option of no such name',
    { backend: 'openai', apiKey: 'k', backendOptions: { zebra: 1 } },
    'invalid_options',
  ],
  [
    'a backend option of a wrong type',
    { backend: 'openai', apiKey: 'k', backendOptions: { timeout: '30' } },
    'invalid_options',
  ],
  ['one of the sub model', { backend: 'openai', apiKey: 'k', subBackendOptions: { project: 7 } }, 'invalid_options'],
  ['a sub backend without a key', { backend: 'openai', apiKey: 'k', subBackend: 'gemini' }, 'missing_api_key'],
];

test.each(FAULTS)('%s: the run and the diagnosis say the same', async (_, options, code) => {
  const refused = await runRLM('text', 'q', { ...PYTHON, ...options }).catch((error: unknown) => error);
  expect(refused).toMatchObject({ name: 'RLMError', code });
  const advice = (refused as Error).message;
  expect(await models({ ...PYTHON, ...options })).toMatchObject({ status: 'failed', advice, details: null });
  const diagnosis = await diagnose({ ...PYTHON, ...options, env });
  expect(diagnosis.ok).toBe(false);
  expect(formatDiagnosis(diagnosis)).toMatch(/Runs cannot go ahead: .*models\.$/);
});

test('options that a run refuses at once are refused here too', async () => {
  await expect(diagnose({ baseUrl: 'localhost' })).rejects.toMatchObject({ code: 'invalid_options' });
});

test('what a run would ask is said, and nobody is asked', async () => {
  expect(await models({ backend: 'anthropic', apiKey: 'k', subModel: 'haiku' })).toMatchObject({
    status: 'ok',
    details: { root: { backend: 'anthropic' }, sub: { backend: 'anthropic' } },
  });
  const rootModel = Object.assign(async () => ({ text: 'x' }), { modelName: 'mine' });
  expect(await models({ rootModel })).toMatchObject({
    status: 'ok',
    details: { root: { backend: 'host', model: 'mine' } },
  });
  expect(await models({}, { GEMINI_API_KEY: 'k' })).toMatchObject({
    status: 'ok',
    details: { root: { backend: 'gemini' } },
  });
});

test('nobody named and no key is no fault: a run can still be told', async () => {
  expect(await models({})).toMatchObject({ status: 'warning', advice: null, details: null });
});

test('a variable and a proxy that a run does not use are warnings for it', async () => {
  const spoiled = { ...env, OPENAI_API_KEY: 'sk-a\n', HTTPS_PROXY: 'ftp://host:1' };
  const statusOf = async (options: RLMOptions) =>
    (await diagnose({ ...options, env: spoiled })).checks
      .filter(({ name }) => ['network', 'keys', 'models'].includes(name))
      .map(({ name, status }) => `${name} ${status}`);
  expect(await statusOf({ backend: 'offline' })).toEqual(['network warning', 'keys warning', 'models ok']);
  expect(await statusOf({ backend: 'openai' })).toEqual(['network failed', 'keys failed', 'models failed']);
});
