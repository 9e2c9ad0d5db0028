import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { prepareContext } from '../../src/context/prepare-context.ts';
import { HostTools } from '../../src/host/host-tools.ts';
import { configureWorkers, diagnose, type RLMOptions, resolveModels } from '../../src/index.ts';
import { ENVIRONMENT_OPTIONS } from '../../src/options/environment-options.ts';
import { OPTION_NAMES, parseRunOptions } from '../../src/options/parse-options.ts';
import { toolSpecs } from '../../src/options/tool-specs.ts';
import { TOOL_FIELDS } from '../../src/options/tools-rule.ts';
import { loadJSONSchemas } from '../../src/schema/late-json-schema.ts';
import { mergeOptions, parseSessionOptions, requireTurnOptions } from '../../src/session/parse-session.ts';
import { TURN_OPTIONS } from '../../src/session/session-options.ts';
import { planOf, toolsOf } from '../plan.ts';

await loadJSONSchemas();

// An option that is undefined is as if it was not there, whatever its name and at whatever level.

let folder: string;
const never = new AbortController().signal;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
  await writeFile(join(folder, 'a.txt'), 'text');
});
afterEach(() => void vi.unstubAllEnvs());
afterAll(() => rm(folder, { recursive: true }));

const undefinedOf = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, undefined]));
const resolved = (options: object) => planOf(options).spec;

test.each(OPTION_NAMES)('%s: undefined is as if it was not there', (name) => {
  expect(parseRunOptions('q', { [name]: undefined })).toStrictEqual(parseRunOptions('q', {}));
  expect(resolved({ [name]: undefined })).toStrictEqual(resolved({}));
});

test('a run of options that are all undefined is that of none', () => {
  expect(resolved(undefinedOf(OPTION_NAMES))).toStrictEqual(resolved({}));
});

test.each(['docker', 'landlock', 'local'] as const)('so is every option of environment "%s"', (environment) => {
  const environmentOptions = undefinedOf(Object.keys(ENVIRONMENT_OPTIONS[environment].shape));
  expect(resolved({ environment, environmentOptions })).toStrictEqual(
    resolved({ environment, environmentOptions: {} }),
  );
});

test.each(['samplingArgs', 'subSamplingArgs', 'environmentOptions'])(
  'what is undefined in %s is not sent, however deep',
  (name) => {
    const environment = name === 'environmentOptions' ? 'modal' : 'docker';
    const sparse = { kept: 1, left: undefined, nested: { left: undefined, kept: null }, list: [{ left: undefined }] };
    const plain = { kept: 1, nested: { kept: null }, list: [{}] };
    expect(resolved({ environment, [name]: sparse })).toStrictEqual(resolved({ environment, [name]: plain }));
  },
);

test.each(['backendOptions', 'subBackendOptions'])('what is undefined in %s is not there for its rules', (name) => {
  const sparse = { timeout: undefined, zebra: undefined, defaultHeaders: { 'X-Team': undefined } };
  expect(resolved({ [name]: sparse })).toStrictEqual(resolved({ [name]: { defaultHeaders: {} } }));
});

test('a price of a cache that is undefined is not known', () => {
  const price = { inputUsdPerMTok: 1, outputUsdPerMTok: 2 };
  const options = { prices: { m: { ...price, cachedInputUsdPerMTok: undefined, cacheWriteUsdPerMTok: undefined } } };
  expect(resolved(options)).toStrictEqual(resolved({ prices: { m: price } }));
  expect(resolved({ prices: { m: price, other: undefined } })).toStrictEqual(resolved({ prices: { m: price } }));
});

test('a tool whose options are undefined, and one that is undefined itself', async () => {
  const execute = () => 'found';
  const optional = TOOL_FIELDS.filter((name) => name !== 'description' && name !== 'execute');
  const lookup = { description: 'Looks up.', execute, ...undefinedOf(optional) };
  const { tools } = parseRunOptions('q', { tools: { lookup, other: undefined } });
  expect([...tools.keys()]).toEqual(['lookup']);
  expect(toolSpecs(tools)).toStrictEqual(toolSpecs(toolsOf({ lookup: { description: 'Looks up.', execute } })));
  const call = { tool: 'lookup', arguments: {} } as Parameters<HostTools['call']>[0];
  expect(await new HostTools('run', tools).call(call, never)).toEqual({ kind: 'value', value: 'found' });
});

test('what must be there is missing when it is undefined', () => {
  const tools = { lookup: { description: undefined, execute: () => 1 } };
  expect(() => parseRunOptions('q', { tools })).toThrow('tools.lookup.description must be a string');
  expect(() => parseRunOptions(undefined, {})).toThrow('query must be a string');
});

test('a model that is a function is refused nothing that is undefined', () => {
  const rootModel = async () => ({ text: 'x' });
  expect(parseRunOptions('q', { ...undefinedOf(OPTION_NAMES), rootModel })).toStrictEqual(
    parseRunOptions('q', { rootModel }),
  );
});

test('a session, and a turn of it', () => {
  expect(parseSessionOptions(undefinedOf(OPTION_NAMES)).given).toStrictEqual({});
  const session: RLMOptions = { maxIterations: 3, signal: never };
  expect(() => requireTurnOptions(undefinedOf(OPTION_NAMES))).not.toThrow();
  expect(mergeOptions(session, undefinedOf(TURN_OPTIONS))).toStrictEqual(session);
});

test('what is asked of the machine', async () => {
  const models = { backend: 'offline' } as const;
  expect(resolveModels({ ...undefinedOf(OPTION_NAMES), ...models })).toEqual(resolveModels(models));
  expect(() => configureWorkers({ max: undefined, idleMs: undefined, workerDir: undefined })).not.toThrow();
  // A machine that has nothing is soon told.
  for (const [name, value] of Object.entries({ PATH: folder, RLM_CACHE_DIR: folder, RLM_PYTHON: undefined })) {
    vi.stubEnv(name, value);
  }
  const given = undefinedOf(['env', 'environment', 'environmentOptions', 'python', 'uv']);
  expect(await diagnose(given)).toEqual(await diagnose());
});

test.each([
  {
    kind: 'one file',
    context: (cwd: string) => ({ file: join(cwd, 'a.txt') }),
    names: ['maxFileBytes', 'files', 'cwd'],
  },
  {
    kind: 'files',
    context: (cwd: string) => ({ files: ['*.txt'], cwd }),
    names: ['followLinks', 'maxFiles', 'maxFileBytes', 'maxBytes', 'file'],
  },
])('a context of $kind', async ({ context, names }) => {
  const sourceOf = async (given: object) => {
    const prepared = await prepareContext(given as never, never);
    return (await prepared.stage(folder, never)).source;
  };
  expect(await sourceOf({ ...context(folder), ...undefinedOf(names) })).toStrictEqual(await sourceOf(context(folder)));
});
