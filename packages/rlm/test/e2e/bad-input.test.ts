import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conversation, repl, submit } from '@rlm-bridge/fake-provider';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RLMContext, RLMError, type RLMOptions, type RLMResult, runRLM } from '../../src/index.ts';
import { optionsFor, PYTHON, provider } from './support/run.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rlm-bad-'));
  await writeFile(join(folder, 'binary.bin'), Buffer.from([0x50, 0x4b, 0x03, 0x04, 0xff, 0xfe, 0x00]));
  await writeFile(join(folder, 'latin1.txt'), Buffer.from('caf\xe9', 'latin1'));
  await writeFile(join(folder, 'empty.txt'), '');
});
afterAll(() => rm(folder, { recursive: true }));

const OFFLINE: RLMOptions = { backend: 'offline', environment: 'local', logDir: false, python: PYTHON, quiet: true };

/** A message for a tired person: sentences, no stack trace, no Python. */
function expectReadable(message: string): void {
  expect(message).not.toMatch(/\n\s+at |Traceback|File ".*", line \d+/);
  expect(message).toMatch(/\w.* \w/);
  expect(message.length).toBeLessThan(1_500);
}

async function rejection(context: RLMContext, query: string, options: RLMOptions): Promise<RLMError> {
  const error = await runRLM(context, query, options).then(
    (result) => Promise.reject(new Error(`resolved: ${JSON.stringify(result).slice(0, 500)}`)),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof RLMError)) throw error;
  expectReadable(error.message);
  return error;
}

describe('an option that is wrong rejects before anything starts, and says which and why', () => {
  const wrong: [object, RegExp][] = [
    [{ maxIteration: 3 }, /Unknown option "maxIteration"\. Did you mean "maxIterations"\?/],
    [{ max_depth: 2 }, /Unknown option "max_depth"\. Did you mean "maxDepth"\?/],
    [{ environmentOptions: { memoryMB: 1 } }, /environmentOptions\.memoryMB.*Did you mean "memoryMb"/],
    [{ backend: 'opnai' }, /backend must be one of.*"opnai"|'opnai'/],
    [{ subBackend: 7 }, /subBackend must be one of.*7/],
    [{ environment: 'dokcer' }, /environment must be one of/],
    [{ rootModel: '' }, /rootModel must/],
    [{ subModel: null }, /subModel must/],
    [{ apiKey: 7 }, /apiKey must/],
    [{ baseUrl: 'localhost' }, /baseUrl must be an http/],
    [{ backendOptions: [] }, /backendOptions must/],
    [{ samplingArgs: 'hot' }, /samplingArgs must/],
    [{ subSamplingArgs: { seed: 1n } }, /subSamplingArgs must/],
    [{ prices: { mine: { inputUsdPerMTok: -1, outputUsdPerMTok: 1 } } }, /prices\.mine\.inputUsdPerMTok must/],
    [{ prices: { mine: { inputUsdPerMTok: 1 } } }, /prices\.mine\.outputUsdPerMTok must/],
    [{ maxIterations: 0 }, /maxIterations must be a whole number of at least 1; it is 0/],
    [{ maxIterations: 2.5 }, /maxIterations must.*2\.5/],
    [{ maxSubCalls: -1 }, /maxSubCalls must/],
    [{ maxConcurrentSubCalls: 0 }, /maxConcurrentSubCalls must/],
    [{ maxDepth: 0 }, /maxDepth must/],
    [{ maxDepth: '2' }, /maxDepth must.*'2'/],
    [{ maxBudgetUsd: 0 }, /maxBudgetUsd must/],
    [{ maxBudgetUsd: Number.NaN }, /maxBudgetUsd must.*NaN/],
    [{ maxDurationMs: Number.POSITIVE_INFINITY }, /maxDurationMs must/],
    [{ maxTokens: 1e20 }, /maxTokens must/],
    [{ maxErrors: 0 }, /maxErrors must/],
    [{ maxOutputChars: -5 }, /maxOutputChars must/],
    [{ logDir: true }, /logDir must be a path, or false/],
    [{ systemPrompt: 4 }, /systemPrompt must/],
    [{ compaction: 'yes' }, /compaction must be true or false/],
    [{ signal: {} }, /signal must be an AbortSignal/],
    [{ onEvent: 'log' }, /onEvent must be a function/],
    [{ python: '' }, /python must/],
    [{ uv: { paht: '/bin/uv' } }, /uv\.paht.*Did you mean "path"/],
    [{ quiet: 1 }, /quiet must/],
  ];

  test.each(wrong)('%o', async (options, message) => {
    const error = await rejection('x', 'why?', { ...OFFLINE, ...options });
    expect(error.code).toBe('invalid_options');
    expect(error.message).toMatch(message);
  });

  test('several faults are all named at once', async () => {
    const { message } = await rejection('x', '', { ...OFFLINE, maxDepth: -1, maxErrors: -1 });
    expect(message).toMatch(/query must not be empty.*maxDepth.*maxErrors/s);
  });

  test('no key in sight', async () => {
    const names = ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'OPENROUTER_API_KEY', 'GEMINI_API_KEY'];
    const kept = names.map((name) => [name, process.env[name]] as const);
    for (const name of names) delete process.env[name];
    try {
      const error = await rejection('x', 'why?', { environment: 'local', logDir: false });
      expect(error.code).toBe('missing_api_key');
      for (const name of names) expect(error.message).toContain(name);
      expect(error.message).toContain("backend: 'offline'");
    } finally {
      for (const [name, value] of kept) if (value !== undefined) process.env[name] = value;
    }
  });
});

describe('a context that cannot be read', () => {
  const inFolder = (name: string) => join(folder, name);
  const contexts: [string, () => RLMContext, string, RegExp][] = [
    ['a missing file', () => ({ file: inFolder('nope.txt') }), 'context_not_found', /nope\.txt/],
    ['a directory as file', () => ({ file: folder }), 'context_is_directory', /directory.*files/s],
    ['a glob that matches nothing', () => ({ files: ['*.md'], cwd: folder }), 'context_no_match', /\*\.md/],
    ['a binary file', () => ({ file: inFolder('binary.bin') }), 'context_not_utf8', /binary\.bin.*offset 4/s],
    ['Latin-1 among files', () => ({ files: ['*.txt'], cwd: folder }), 'context_not_utf8', /latin1\.txt.*offset 3/s],
    ['a lone surrogate', () => 'half \ud800 a character', 'context_not_well_formed', /index 5/],
    ['a lone surrogate in a list', () => ['fine', '\udfff'], 'context_not_well_formed', /context\[1\]/],
    ['a lone surrogate in a key', () => ({ '\ud800': 1 }), 'context_not_well_formed', /key/],
    ['a number', () => 7 as unknown as RLMContext, 'context_unsupported_type', /7/],
    ['a function within', () => ({ deep: [() => 1] }) as unknown as RLMContext, 'context_unsupported_type', /deep/],
    ['NaN within', () => ({ value: Number.NaN }), 'context_unsupported_type', /NaN/],
  ];

  test.each(contexts)('%s', async (_, context, code, message) => {
    const error = await rejection(context(), 'why?', OFFLINE);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  test.each([
    ['an empty string', () => ''],
    ['a file of 0 bytes', () => ({ file: inFolder('empty.txt') })],
  ])('%s is a context of 0 characters', async (_, context) => {
    const fake = await provider(conversation({ turns: [repl('print(repr(context))'), submit('str(len(context))')] }));
    expect(await runRLM(context(), 'why?', optionsFor(fake))).toMatchObject({ success: true, answer: '0' });
  });

  test('a query with a lone surrogate', async () => {
    expect((await rejection('x', 'half \ud800', OFFLINE)).message).toMatch(/query must be well-formed/);
  });
});

describe('a provider that refuses fails the run with a code and what to do', () => {
  const refusals: [string, number, string, RegExp][] = [
    ['a wrong key', 401, 'authentication_failed', /key/i],
    ['no permission', 403, 'authentication_failed', /key|permission/i],
    ['an unknown model', 404, 'model_not_found', /gpt-4\.1/],
    ['a rejected request', 400, 'provider_rejected_request', /odd request/],
  ];

  async function failure(options: RLMOptions): Promise<Extract<RLMResult, { success: false }>> {
    const result = await runRLM('x', 'why?', options);
    if (result.success) throw new Error('the run succeeded');
    expectReadable(result.error.message);
    return result;
  }

  test.each(refusals)('%s', async (_, status, code, message) => {
    const fake = await provider(() => ({ status, message: 'odd request' }));
    const result = await failure(optionsFor(fake));
    expect(result).toMatchObject({
      stopReason: 'provider_error',
      error: { code },
      usage: { calls: 1, inputTokens: 0 },
    });
    expect(result.error.message).toMatch(message);
    expect(result.error.message).not.toContain('test-key');
    expect(fake.served).toHaveLength(1);
  });

  test('a closed port', async () => {
    const port = await unusedPort();
    const fake = await provider(() => 'unused');
    const result = await failure({ ...optionsFor(fake), baseUrl: `http://127.0.0.1:${port}/v1` });
    expect(result).toMatchObject({ stopReason: 'provider_error', error: { code: 'provider_unreachable' } });
    expect(result.error.message).toContain(String(port));
  });
});

describe('tools that are missing', () => {
  test('no uv', async () => {
    const error = await rejection('x', 'why?', { ...OFFLINE, python: undefined, uv: { path: join(folder, 'uv') } });
    expect(error.code).toBe('uv_not_found');
    expect(error.message).toMatch(/uv\.path|RLM_UV/);
  });

  test('no Python', async () => {
    const error = await rejection('x', 'why?', { ...OFFLINE, python: join(folder, 'python3') });
    expect(error.code).toBe('python_not_found');
    expect(error.message).toMatch(/RLM_PYTHON/);
  });

  test('no container runtime, and then one that does not run', async () => {
    const fake = await provider(() => 'unused');
    const { PATH, DOCKER_HOST } = process.env;
    const bin = await mkdtemp(join(folder, 'bin-'));
    const { stdout: docker } = await execa('which', ['docker']);
    Object.assign(process.env, { PATH: bin, DOCKER_HOST: `unix://${join(folder, 'docker.sock')}` });
    try {
      const missing = await rejection('x', 'why?', optionsFor(fake, { environment: 'docker' }));
      expect(missing.code).toBe('container_runtime_missing');
      expect(missing.message).toMatch(/docker/i);
      await symlink(docker, join(bin, 'docker'));
      const silent = await rejection('x', 'why?', optionsFor(fake, { environment: 'docker' }));
      expect(silent.code).toBe('container_runtime_not_running');
    } finally {
      Object.assign(process.env, { PATH });
      if (DOCKER_HOST === undefined) delete process.env.DOCKER_HOST;
      else process.env.DOCKER_HOST = DOCKER_HOST;
    }
    expect(fake.served).toEqual([]);
  });
});

async function unusedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
