import { expect, test } from 'vitest';
import type { RLMError } from '../../src/api/errors.ts';
import { DEFAULT_OPTIONS } from '../../src/api/options.ts';
import { parseRunOptions } from '../../src/options/parse-options.ts';
import { loadJSONSchemas } from '../../src/schema/late-json-schema.ts';

await loadJSONSchemas();

function issueOf(options: unknown): string {
  return issueOfBoth('q', options);
}

function issueOfBoth(query: unknown, options: unknown): string {
  try {
    parseRunOptions(query, options as never);
  } catch (error) {
    expect(error).toMatchObject({ name: 'RLMError', code: 'invalid_options' });
    return (error as RLMError).message;
  }
  throw new Error(`${JSON.stringify(options)} was accepted`);
}

test('every option right', () => {
  const options = {
    backend: 'anthropic',
    rootModel: 'sonnet',
    subModel: 'haiku',
    subBackend: 'openai',
    apiKey: 'k',
    baseUrl: 'http://127.0.0.1:1/v1',
    backendOptions: { timeout: 1 },
    subApiKey: 'k',
    subBaseUrl: 'https://example.com',
    subBackendOptions: {},
    samplingArgs: { temperature: 0 },
    subSamplingArgs: {},
    prices: { m: { inputUsdPerMTok: 0, outputUsdPerMTok: 1.5 } },
    environment: 'docker',
    environmentOptions: { image: 'i', runtime: 'podman', memoryMb: 512, cpus: 0.5, pidsLimit: 16, cellTimeoutMs: 1000 },
    maxIterations: 1,
    maxSubCalls: 0,
    maxConcurrentSubCalls: 1,
    maxToolCalls: 0,
    maxDepth: 3,
    maxBudgetUsd: 0.01,
    maxDurationMs: 1,
    maxTokens: 1,
    maxErrors: 1,
    maxRefusals: 1,
    maxOutputChars: 1,
    schema: { type: 'object' },
    validate: () => true,
    validateTimeoutMs: 1,
    typedSubCalls: false,
    logDir: false,
    systemPrompt: 'with {braces}',
    compaction: true,
    signal: new AbortController().signal,
    onEvent: () => {},
    isolation: 'process',
    python: '/usr/bin/python3',
    uv: { path: '/usr/bin/uv' },
    quiet: true,
  } as const;
  const { schema, tools, ...others } = parseRunOptions('q', options);
  const { schema: given, ...rest } = options;
  expect(others).toStrictEqual({ ...DEFAULT_OPTIONS, ...rest });
  expect([schema?.jsonSchema, tools]).toEqual([given, new Map()]);
  expect(parseRunOptions('q', undefined)).toStrictEqual({ ...DEFAULT_OPTIONS, tools: new Map() });
});

test.each<[string, unknown, string]>([
  ['backend', 'openia', 'must be one of "anthropic"'],
  ['rootModel', '', 'must be a string that is not empty'],
  ['subModel', 7, 'must be a string'],
  ['subBackend', null, 'must be one of'],
  ['baseUrl', 'localhost:1234', 'must be an http or https URL'],
  ['subBaseUrl', 'ftp://x', 'must be an http or https URL'],
  ['backendOptions', { f: () => {} }, 'must be an object that JSON can hold'],
  ['samplingArgs', [1], 'must be an object'],
  ['subSamplingArgs', { temperature: Number.NaN }, 'must be an object that JSON can hold'],
  ['environment', 'dockr', 'must be one of "auto", "docker"'],
  ['environmentOptions', 'x', 'must be'],
  ['maxIterations', 0, 'whole number of at least 1; it is 0'],
  ['maxSubCalls', -1, 'at least 0'],
  ['maxToolCalls', -1, 'at least 0'],
  ['maxConcurrentSubCalls', 1.5, 'at least 1; it is 1.5'],
  ['maxDepth', '1', "at least 1; it is '1'"],
  ['maxBudgetUsd', 0, 'finite number above 0'],
  ['maxDurationMs', Number.POSITIVE_INFINITY, 'milliseconds'],
  ['maxDurationMs', 2_000_000_001, 'milliseconds'],
  ['maxTokens', Number.NaN, 'whole number'],
  ['maxErrors', 0, 'at least 1'],
  ['maxRefusals', 0, 'at least 1'],
  ['maxOutputChars', 10n, 'whole number'],
  ['schema', 'object', 'must be a schema of zod 4'],
  ['validate', 'yes', 'must be a function'],
  ['validateTimeoutMs', 0, 'milliseconds'],
  ['typedSubCalls', 1, 'must be true or false'],
  ['logDir', true, 'must be a path, or false'],
  ['systemPrompt', '', 'must be a string'],
  ['compaction', 'yes', 'must be true or false'],
  ['signal', {}, 'must be an AbortSignal'],
  ['onEvent', 'log', 'must be a function'],
  ['python', '', 'must be a string'],
  ['uv', '/usr/bin/uv', 'must be an object'],
  ['quiet', 1, 'must be true or false'],
])('%s: %o is refused', (name, value, rule) => {
  expect(issueOf({ [name]: value })).toMatch(new RegExp(`^${name} .*`));
  expect(issueOf({ [name]: value })).toContain(rule);
});

test.each([
  ['maxIteration', 'maxIterations'],
  ['max_iterations', 'maxIterations'],
  ['maxSubcalls', 'maxSubCalls'],
  ['rootmodel', 'rootModel'],
  ['enviroment', 'environment'],
  ['budgetUsd', 'maxBudgetUsd'],
])('unknown name "%s": did you mean "%s"?', (name, meant) => {
  expect(issueOf({ [name]: 1 })).toBe(`Unknown option "${name}". Did you mean "${meant}"? Nothing was started.`);
});

test('a name that is like no other gets no guess', () => {
  expect(issueOf({ zebra: 1 })).toBe('Unknown option "zebra". Nothing was started.');
});

test('nested names are checked too', () => {
  expect(issueOf({ environmentOptions: { memoryMB: 1, imag: 'x' } })).toMatch(
    /environmentOptions\.memoryMB.*"memoryMb".*"image"/,
  );
  expect(issueOf({ environmentOptions: { cpus: 0 } })).toContain('environmentOptions.cpus must be a number above 0');
  expect(issueOf({ uv: { pth: 'x' } })).toContain('Unknown option "uv.pth". Did you mean "path"?');
  expect(issueOf({ prices: { m: { inputUsdPerMTok: 1 } } })).toContain('prices.m.outputUsdPerMTok must be');
});

test('environments that are not ours take options that we do not know', () => {
  const options = { environment: 'modal', environmentOptions: { app_name: 'x', timeout: 60 } } as const;
  expect(parseRunOptions('q', options)).toMatchObject(options);
});

test('typed sub-calls are of the environments that are ours', () => {
  expect(() => parseRunOptions('q', { environment: 'modal', typedSubCalls: true })).toThrow(
    'typedSubCalls needs environment "auto", "docker", "landlock" or "local"; llm_query takes no schema in "modal".',
  );
  expect(parseRunOptions('q', { environment: 'modal', typedSubCalls: false })).toBeDefined();
  expect(parseRunOptions('q', { environment: 'local', typedSubCalls: true })).toBeDefined();
});

test('all faults are told at once', () => {
  expect(issueOfBoth(' ', { maxDepth: 0, quiet: 1 })).toMatch(/query must not be empty.*maxDepth.*quiet/);
});

test('the query is text that is there', () => {
  expect(issueOfBoth(undefined, {})).toContain('query must be a string; it is undefined');
  expect(issueOfBoth('\n\t', {})).toContain('query must not be empty');
  expect(issueOfBoth('x\ud800', {})).toContain('lone surrogate');
  expect(issueOfBoth('x'.repeat(1_000_001), {})).toContain('context');
});

test('options that are no object', () => {
  expect(issueOf('docker')).toContain('options must be an object');
  expect(issueOf([])).toContain('options must be an object');
});

test('a key never appears in a message', () => {
  expect(issueOf({ apiKey: ['sk-secret'], subApiKey: 12345678, backendOptions: ['sk-secret'] })).not.toMatch(
    /sk-secret|12345678/,
  );
});
