import { BACKENDS } from '@rlm-bridge/protocol';
import { expect, test } from 'vitest';
import type { RLMBackend } from '../../src/api/backends.ts';
import type { RLMOptions } from '../../src/api/options.ts';
import { chooseModels, MODEL_ALIASES } from '../../src/options/models.ts';
import { credentialsOf, planOf } from '../plan.ts';

const models = (options: RLMOptions, env: NodeJS.ProcessEnv) => {
  const { spec } = planOf(options, env);
  return [spec.rootModel.backend, spec.rootModel.model, spec.subModel.backend, spec.subModel.model].join(' ');
};

test.each([
  [['GEMINI_API_KEY', 'OPENROUTER_API_KEY', 'OPENAI_API_KEY', 'ANTHROPIC_API_KEY'], 'anthropic'],
  [['GEMINI_API_KEY', 'OPENROUTER_API_KEY', 'OPENAI_API_KEY'], 'openai'],
  [['GEMINI_API_KEY', 'OPENROUTER_API_KEY'], 'openrouter'],
  [['GEMINI_API_KEY'], 'gemini'],
])('the backend of the first key of %j is %s', (names, backend) => {
  const env = Object.fromEntries(names.map((name) => [name, `key of ${name}`]));
  const { root, sub } = credentialsOf({}, env);
  expect(root).toEqual({ backend, apiKey: `key of ${names.at(-1)}`, baseUrl: null, backendOptions: {} });
  expect(sub).toEqual(root);
});

test('without a key the message names the choices', () => {
  const expected = {
    code: 'missing_api_key',
    message: expect.stringMatching(/ANTHROPIC_API_KEY.*GEMINI_API_KEY.*'offline'/),
  };
  expect(() => credentialsOf({}, { OPENAI_API_KEY: '' })).toThrow(expect.objectContaining(expected));
});

test.each(['anthropic', 'openai', 'openrouter', 'gemini', 'portkey', 'azure_openai', 'vercel'] as const)(
  '%s needs its own key and takes no other',
  (backend) => {
    const others = Object.entries(BACKENDS).filter(([name]) => name !== backend);
    const env = Object.fromEntries(others.flatMap(([, { keys }]) => keys.map((key) => [key, 'of another'])));
    expect(() => credentialsOf({ backend }, env)).toThrow(
      expect.objectContaining({
        code: 'missing_api_key',
        message: expect.stringContaining(`${BACKENDS[backend].keys[0]}`),
      }),
    );
  },
);

test.each(['vllm', 'litellm', 'ollama', 'offline'] as const)('%s never gets the key of another backend', (backend) => {
  const env = { OPENAI_API_KEY: 'of openai', ANTHROPIC_API_KEY: 'of anthropic' };
  const { root } = credentialsOf({ backend, baseUrl: 'http://127.0.0.1:1' }, env);
  expect(root.apiKey).toBeNull();
});

test('the key and address of one backend are not used for the other', () => {
  const env = { OPENAI_API_KEY: 'env openai', OPENAI_BASE_URL: 'http://openai', GEMINI_API_KEY: 'env gemini' };
  const options: RLMOptions = { backend: 'openai', apiKey: 'given', baseUrl: 'http://given', subBackend: 'gemini' };
  expect(credentialsOf(options, env)).toMatchObject({
    root: { apiKey: 'given', baseUrl: 'http://given' },
    sub: { apiKey: 'env gemini', baseUrl: null },
  });
  expect(credentialsOf({ ...options, subBackend: 'openai' }, env).sub).toMatchObject({ apiKey: 'given' });
  expect(credentialsOf({ ...options, subBackend: 'openai', subApiKey: 'sub' }, env).sub).toMatchObject({
    apiKey: 'sub',
  });
});

test.each<[RLMBackend, NodeJS.ProcessEnv, string | null]>([
  ['anthropic', { ANTHROPIC_API_KEY: 'k', ANTHROPIC_BASE_URL: 'http://a' }, 'http://a'],
  ['openai', { OPENAI_API_KEY: 'k', OPENAI_BASE_URL: 'http://o' }, 'http://o'],
  ['gemini', { GOOGLE_API_KEY: 'k', GOOGLE_GEMINI_BASE_URL: 'http://g' }, 'http://g'],
  ['litellm', { LITELLM_BASE_URL: 'http://l' }, 'http://l'],
  ['vllm', { VLLM_BASE_URL: 'http://v' }, 'http://v'],
  ['ollama', {}, null],
  ['ollama', { OLLAMA_HOST: '0.0.0.0' }, 'http://127.0.0.1:11434/v1'],
  ['ollama', { OLLAMA_HOST: ':5000' }, 'http://127.0.0.1:5000/v1'],
  ['ollama', { OLLAMA_HOST: 'https://ollama.example/v1' }, 'https://ollama.example/v1'],
])('%s with %j is at %s', (backend, env, baseUrl) => {
  expect(credentialsOf({ backend }, env).root.baseUrl).toBe(baseUrl);
});

test.each(['azure_openai', 'vllm', 'litellm'] as const)('%s without an address says how to give one', (backend) => {
  expect(() => credentialsOf({ backend, apiKey: 'k' }, {})).toThrow(
    expect.objectContaining({ code: 'invalid_options', message: expect.stringContaining('baseUrl') }),
  );
});

test("azure takes its deployment and API version from Azure's own variables", () => {
  const env = {
    AZURE_OPENAI_API_KEY: 'k',
    AZURE_OPENAI_ENDPOINT: 'https://x.example',
    AZURE_OPENAI_API_VERSION: '2025-01-01',
    AZURE_OPENAI_DEPLOYMENT: 'mine',
  };
  expect(credentialsOf({ backend: 'azure_openai' }, env).root).toMatchObject({
    backendOptions: { api_version: '2025-01-01' },
  });
  expect(models({ backend: 'azure_openai' }, env)).toBe('azure_openai mine azure_openai mine');
});

test('models: aliases, defaults and pairs', () => {
  const anthropic = { ANTHROPIC_API_KEY: 'k' };
  const both = { ...anthropic, OPENROUTER_API_KEY: 'k' };
  expect(models({}, anthropic)).toBe('anthropic claude-sonnet-5-5 anthropic claude-haiku-5-5');
  expect(models({ rootModel: 'opus' }, anthropic)).toBe('anthropic claude-opus-5-5 anthropic claude-opus-5-5');
  expect(models({ rootModel: 'own', subModel: 'haiku' }, anthropic)).toBe('anthropic own anthropic claude-haiku-5-5');
  expect(models({ rootModel: 'own', subBackend: 'openrouter' }, both)).toBe(
    'anthropic own openrouter anthropic/claude-haiku-5.5',
  );
  expect(models({ rootModel: 'sonnet', backend: 'offline' }, {})).toBe('offline sonnet offline sonnet');
  expect(Object.keys(MODEL_ALIASES)).toEqual(['sonnet', 'haiku', 'opus']);
});

test('a backend without a default model asks for one, and an alias on the wrong backend is explained', () => {
  const choice = { subModel: undefined, env: {} };
  expect(() => chooseModels({ ...choice, rootBackend: 'vllm', subBackend: 'vllm', rootModel: undefined })).toThrow(
    expect.objectContaining({ code: 'invalid_options', message: expect.stringContaining('rootModel') }),
  );
  expect(() => chooseModels({ ...choice, rootBackend: 'openai', subBackend: 'openai', rootModel: 'sonnet' })).toThrow(
    expect.objectContaining({ code: 'invalid_options', message: expect.stringContaining('ANTHROPIC_API_KEY') }),
  );
});

test('sub sampling follows the root only when the root model serves the sub-calls', () => {
  const env = { OPENAI_API_KEY: 'k' };
  const sub = (options: RLMOptions) => planOf(options, env).spec.subModel.samplingArgs;
  expect(sub({ rootModel: 'm', samplingArgs: { temperature: 0 } })).toEqual({ temperature: 0 });
  expect(sub({ rootModel: 'm', subModel: 'n', samplingArgs: { temperature: 0 } })).toEqual({});
  expect(sub({ rootModel: 'm', samplingArgs: { temperature: 0 }, subSamplingArgs: { top_p: 1 } })).toEqual({
    top_p: 1,
  });
});

test('keys are in the secrets and not in the spec', () => {
  const { spec, secrets } = planOf({ backend: 'openai', apiKey: 'sk-1', backendOptions: { organization: 'sk-2' } }, {});
  expect(JSON.stringify(spec)).not.toMatch(/sk-1|sk-2/);
  expect(secrets).toEqual({
    root: { apiKey: 'sk-1', backendOptions: { organization: 'sk-2' } },
    sub: secrets.root,
  });
});
