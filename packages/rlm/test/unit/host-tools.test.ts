import type { ToolCall, ToolResult } from '@rlm-bridge/protocol';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { RLMError } from '../../src/api/errors.ts';
import type { RLMOptions } from '../../src/api/options.ts';
import { HostTools } from '../../src/host/host-tools.ts';
import { parseRunOptions } from '../../src/options/parse-options.ts';
import { toolSpecs } from '../../src/options/tool-specs.ts';
import { loadJSONSchemas } from '../../src/schema/late-json-schema.ts';
import { ActiveRun } from '../../src/worker/active-run.ts';
import { toolsOf } from '../plan.ts';

await loadJSONSchemas();

const RUNNING = new AbortController().signal;
const noop = { description: 'Does nothing.', execute: () => undefined };

function request(tool: string, given: ToolCall['arguments'] = {}): ToolCall {
  const place = { node: '0', iteration: 1, codeBlock: 0, key: 'a'.repeat(32) };
  return { type: 'tool.call', id: 'run-1', requestId: 'request-1', ...place, call: 'tool-1', tool, arguments: given };
}

function call(tools: NonNullable<RLMOptions['tools']>, given: ToolCall['arguments'] = {}, signal = RUNNING) {
  return new HostTools('run-1', toolsOf(tools)).call(request(Object.keys(tools)[0] ?? 'none', given), signal);
}

const error = (message: string): ToolResult['outcome'] => ({ kind: 'error', message });
const value = (result: unknown) => ({ kind: 'value', value: result });

test('arguments as the schema makes them, and which run it is', async () => {
  const seen: unknown[] = [];
  const input = z.object({ n: z.string().transform(Number), unit: z.string().default('kg') });
  const execute = (args: unknown, { runId, signal }: { runId: string; signal: AbortSignal }) => {
    seen.push(args, runId, signal.aborted);
    return 'weighed';
  };
  expect(await call({ weigh: { ...noop, input, execute } }, { n: '7', extra: 1 })).toEqual(value('weighed'));
  expect(seen).toEqual([{ n: 7, unit: 'kg' }, 'run-1', false]);
});

test('plain JSON Schema checks too, and fills in defaults', async () => {
  const input = {
    type: 'object',
    properties: { n: { type: 'integer' }, unit: { type: 'string', default: 'kg' } },
    required: ['n'],
  };
  const weigh = { ...noop, input, execute: (args: unknown) => args };
  expect(await call({ weigh }, { n: 7 })).toEqual(value({ n: 7, unit: 'kg' }));
  expect(await call({ weigh }, { n: '7' })).toEqual(error('wrong arguments: n: must be integer; you gave "7"'));
});

test('an asynchronous refinement is waited for; what it throws is the failure of the call', async () => {
  const input = z.object({ id: z.string().refine(async (id) => id === 'known', 'unknown id') });
  const find = { ...noop, input };
  expect(await call({ find }, { id: 'known' })).toEqual(value(null));
  expect(await call({ find }, { id: 'other' })).toEqual(error('wrong arguments: id: unknown id; you gave "other"'));
  const broken = z.object({}).refine(() => {
    throw new Error('no database');
  });
  expect(await call({ find: { ...noop, input: broken } })).toEqual(error('no database'));
});

test('a result is what the output schema makes of it', async () => {
  const output = z.object({ id: z.number(), at: z.date().transform((date) => date.getTime()) });
  const row = { ...noop, output, execute: async () => ({ id: 1, at: new Date(5), password: 'x' }) };
  expect(await call({ row: { ...row, output: z.object({ id: z.number() }) } })).toEqual(value({ id: 1 }));
  const wrong = { ...row, output: z.object({ id: z.string() }) };
  expect(await call({ wrong })).toMatchObject(
    error('it returned what its output refuses: id: Invalid input: expected string, received number'),
  );
});

test.each<[unknown, string]>([
  [new TypeError('no such row'), 'no such row'],
  ['text', 'text'],
  [Object.create(null), '[Object: null prototype] {}'],
  [new Error('x'.repeat(20_000)), `${'x'.repeat(9_999)}…`],
  [new Error('a\ud800'), 'a\ufffd'],
])('what execute throws: %s', async (thrown, message) => {
  const execute = () => {
    throw thrown;
  };
  expect(await call({ broken: { ...noop, execute } })).toEqual(error(message));
  expect(await call({ broken: { ...noop, execute: async () => execute() } })).toEqual(error(message));
});

test('names of objects are no tools', async () => {
  const tools = new HostTools('run-1', toolsOf({ noop }));
  for (const name of ['other', 'constructor', '__proto__', 'toString']) {
    expect(await tools.call(request(name), RUNNING)).toEqual(error('there is no such tool'));
  }
});

test('a property called __proto__ changes no prototype', async () => {
  const seen: unknown[] = [];
  const input = { type: 'object', additionalProperties: true };
  const given = JSON.parse('{"__proto__": {"polluted": true}, "deep": {"__proto__": {"polluted": true}}}');
  await call({ take: { ...noop, input, execute: (args: { deep?: object }) => seen.push(args, args.deep) } }, given);
  for (const one of seen) expect((one as { polluted?: true }).polluted).toBeUndefined();
  expect(({} as { polluted?: true }).polluted).toBeUndefined();
});

test('nothing is executed once the run was aborted, not even after a slow check of its arguments', async () => {
  let executed = 0;
  const execute = () => ++executed;
  const aborting = new AbortController();
  const checking = Promise.withResolvers<void>();
  const checked = Promise.withResolvers<void>();
  const input = z.object({}).refine(async () => {
    checking.resolve();
    await checked.promise;
    return true;
  });
  const late = call({ late: { ...noop, input, execute } }, {}, aborting.signal);
  await checking.promise;
  aborting.abort(new Error('enough'));
  checked.resolve();
  expect(await late).toEqual(error('enough'));
  expect(await call({ never: { ...noop, execute } }, {}, aborting.signal)).toEqual(error('enough'));
  await new Promise(setImmediate);
  expect(executed).toBe(0);
});

test('nothing is executed for a run that has ended or was cancelled', async () => {
  let executed = 0;
  const tools = new HostTools('run-1', toolsOf({ count: { ...noop, execute: () => ++executed } }));
  const side = { apiKey: null, backendOptions: {} };
  const services = {
    callTool: (asked: ToolCall, signal: AbortSignal) => tools.call(asked, signal),
    callModel: async () => ({ kind: 'error', message: '' }) as const,
    checkAnswer: async () => [],
    writeEffects: async () => ({ kind: 'appended' }) as const,
  };
  const begin = () =>
    new ActiveRun({ spec: {} as never, secrets: { id: 'run-1', root: side, sub: side }, onEvent: () => {}, services });
  const [running, ended, cancelled] = [begin(), begin(), begin()];
  ended.receive({ type: 'run.completed', id: 'run-1', at: 0, answer: '', durationMs: 0 });
  cancelled.cancel('enough');
  expect(await running.serve(request('count'))).toMatchObject({ type: 'tool.result', outcome: { kind: 'value' } });
  expect([await ended.serve(request('count')), await cancelled.serve(request('count'))]).toEqual([null, null]);
  expect(executed).toBe(1);
});

test('the specs', () => {
  const tools = {
    find: { description: 'Finds.', input: z.object({ id: z.number() }), output: z.string(), execute: () => '' },
    now: noop,
  };
  expect(toolSpecs(toolsOf(tools), ['now'])).toMatchObject([
    {
      name: 'find',
      description: 'Finds.',
      parameters: { properties: { id: { type: 'number' } } },
      returns: { type: 'string' },
      inChildren: false,
    },
    {
      name: 'now',
      parameters: { type: 'object', properties: {}, additionalProperties: false },
      returns: null,
      inChildren: true,
    },
  ]);
  expect(toolSpecs(toolsOf({ noop }))).toMatchObject([{ inChildren: true }]);
  expect(toolSpecs(toolsOf({ noop }), [])).toMatchObject([{ inChildren: false }]);
  expect(toolSpecs(new Map())).toEqual([]);
});

function issueOf(options: unknown): string {
  try {
    parseRunOptions('q', options as never);
  } catch (fault) {
    expect(fault).toMatchObject({ name: 'RLMError', code: 'invalid_options' });
    return (fault as RLMError).message;
  }
  throw new Error('the options were accepted');
}

test.each<[string, unknown, string]>([
  ['no object', { tools: [] }, 'tools must be'],
  ['a tool that is none', { tools: { a: 7 } }, 'tools.a must be an object; it is 7.'],
  ['no description', { tools: { a: { execute: () => 1 } } }, 'tools.a.description must be a string'],
  [
    'an endless description',
    { tools: { a: { ...noop, description: 'x'.repeat(20_001) } } },
    'at most 20000 characters',
  ],
  ['no function', { tools: { a: { description: 'x', execute: 'x' } } }, 'tools.a.execute must be a function'],
  ['a time that is none', { tools: { a: { ...noop, timeoutMs: 0 } } }, 'tools.a.timeoutMs must be a whole number'],
  ['a slip', { tools: { a: { ...noop, timeout: 5 } } }, 'Unknown option "tools.a.timeout". Did you mean "timeoutMs"?'],
  [
    'input of no object',
    { tools: { a: { ...noop, input: z.string() } } },
    'tools.a.input must be the schema of an object',
  ],
  [
    'input that is no schema',
    { tools: { a: { ...noop, input: { type: 'objekt' } } } },
    'tools.a.input must be a valid JSON Schema',
  ],
  ['output that is no schema', { tools: { a: { ...noop, output: 7 } } }, 'tools.a.output must be a schema'],
  ['a reserved name', { tools: { llm_query: noop } }, `tools.llm_query is the REPL's own: choose another name.`],
  ['a keyword', { tools: { class: noop } }, 'tools.class is a keyword of Python'],
  ['a builtin', { tools: { print: noop } }, 'tools.print is a builtin of Python'],
  ['no name', { tools: { 'look-up': noop } }, 'tools.look-up must be a Python name'],
  [
    'an environment that cannot call back',
    { tools: { a: noop }, environment: 'modal' },
    'tools need environment "auto", "docker", "landlock" or "local"; "modal" cannot',
  ],
  ['a strategy without a REPL', { tools: { a: noop }, strategy: 'direct' }, 'strategy "direct" has none'],
  ['subTools that are no list', { tools: { a: noop }, subTools: 'a' }, 'subTools must be a list of names of tools'],
  [
    'a sub tool that is none',
    { tools: { a: noop }, subTools: ['a', 'b'] },
    'subTools names "b", which is not one of tools.',
  ],
])('refused: %s', (_, options, words) => {
  expect(issueOf(options)).toContain(words);
});

test('taken', () => {
  const tools = { a: noop, b: { ...noop, input: z.object({}), output: z.string(), timeoutMs: 5 } };
  for (const options of [
    { tools },
    { tools, subTools: [] },
    { tools: {}, environment: 'modal' },
    { tools, strategy: 'auto' },
  ]) {
    const parsed = parseRunOptions('q', options);
    expect([...parsed.tools.values()].map(({ tool }) => tool)).toEqual(Object.values(options.tools));
  }
});
