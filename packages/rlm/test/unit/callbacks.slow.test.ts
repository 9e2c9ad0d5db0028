import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { ODD_THROWS, thenable } from '../../../text/test/odd-throws.ts';
import { RLMAbortError, RLMError } from '../../src/api/errors.ts';
import { AnswerCheck } from '../../src/host/answer-check.ts';
import { replyTo } from '../../src/host/host-requests.ts';
import { hostServices } from '../../src/host/host-services.ts';
import { ResultFold } from '../../src/run/result-fold.ts';
import { planOf } from '../plan.ts';

// Every function of the caller's, with everything odd that it may throw, in every way.

const never = new AbortController().signal;
const unhandled = vi.fn();

beforeEach(() => void process.on('unhandledRejection', unhandled));
afterEach(async () => {
  await nextTurn();
  process.off('unhandledRejection', unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

function fail(odd: unknown): never {
  throw odd;
}

const WAYS: [string, (odd: unknown) => unknown][] = [
  ['throws', (odd) => fail(odd)],
  ['rejects', (odd) => Promise.reject(odd)],
  ['rejects later', (odd) => new Promise((_, reject) => setImmediate(reject, odd))],
  ['is a thenable that throws', (odd) => thenable(() => fail(odd))],
  ['is a thenable that rejects', (odd) => thenable((_, reject) => reject(odd))],
];

/** What a schema library hands over. */
const schemaThat = (validate: (value: unknown) => unknown) => ({
  '~standard': { version: 1, vendor: 'odd', validate, jsonSchema: { input: () => ({ type: 'object' }) } },
});

type Asking = (way: () => unknown) => Promise<string>;

async function reply(options: object, request: Parameters<typeof replyTo>[0], signal = never) {
  const plan = planOf(options);
  const answers = new AnswerCheck('run', plan.answer, () => {});
  return await replyTo(request, hostServices('run', plan, answers, null), signal);
}

const common = { id: 'run', requestId: '1', node: '0', depth: 0, call: 'c' } as const;
const toolCall = { ...common, type: 'tool.call', tool: 'odd', arguments: {} } as const;
const modelCall = {
  ...common,
  type: 'model.call',
  which: 'root',
  model: 'odd',
  messages: [{ role: 'user', content: 'hi' }],
  role: 'root',
  maxOutputTokens: null,
} as const;
const check = { ...common, type: 'answer.check', answer: '{}', text: '{}', candidates: [{}], iteration: 1 } as const;

function errorIn(message: object): string {
  const { outcome } = message as { outcome: { kind: string; message: string } };
  expect(outcome.kind).toBe('error');
  return outcome.message;
}

function problemIn(message: object): string {
  const { problems } = message as { problems: { message: string }[] };
  return problems[0]?.message ?? '';
}

const request = (message: object) => message as Parameters<typeof replyTo>[0];

const CALLBACKS: [string, Asking][] = [
  [
    'execute of a tool',
    async (way) => errorIn(await reply({ tools: { odd: { description: 'd', execute: way } } }, request(toolCall))),
  ],
  [
    'the input schema of a tool',
    async (way) => {
      const odd = { description: 'd', input: schemaThat(way), execute: () => 1 };
      return errorIn(await reply({ tools: { odd } }, request(toolCall)));
    },
  ],
  [
    'the output schema of a tool',
    async (way) => {
      const odd = { description: 'd', output: schemaThat(way), execute: () => 1 };
      return errorIn(await reply({ tools: { odd } }, request(toolCall)));
    },
  ],
  ['a model', async (way) => errorIn(await reply({ rootModel: way }, request(modelCall)))],
  ['validate', async (way) => problemIn(await reply({ validate: way }, request(check)))],
  ['the schema of the answer', async (way) => problemIn(await reply({ schema: schemaThat(way) }, request(check)))],
];

const rows = CALLBACKS.flatMap(([callback, ask]) => WAYS.map(([way, act]) => ({ callback, ask, way, act })));

test.each(rows)('$callback that $way has an answer for the worker, whatever it throws', async ({ ask, act }) => {
  for (const [name, odd] of ODD_THROWS) {
    const text = await ask(() => act(odd()));
    expect(text, name).not.toBe('');
    expect(text.length, name).toBeLessThanOrEqual(10_100);
    expect(text.isWellFormed(), name).toBe(true);
  }
});

test.each(ODD_THROWS)('an abort for the reason of %s has a message', (_, odd) => {
  const reason = odd();
  const fold = new ResultFold('run');
  const aborted = vi.fn(() => fold.settle({ kind: 'aborted', reason, partialAnswer: null, durationMs: 0 }));
  expect(aborted).toThrow(RLMAbortError);
});

test.each(ODD_THROWS)('%s is no RLMError', (_, odd) => {
  expect(RLMError.isInstance(odd())).toBe(false);
});

const returned: [string, () => unknown][] = [
  ...ODD_THROWS,
  ['an object whose toJSON never returns JSON', () => ({ toJSON: () => 10n })],
  ['an object of deep lists', () => Array.from({ length: 100_000 }).reduce<unknown>((deep) => [deep], 1)],
];

test.each(returned)('a tool or a model that returns %s has an answer for the worker', async (_, odd) => {
  const options = { tools: { odd: { description: 'd', execute: () => odd() } }, rootModel: () => odd() };
  expect(await reply(options, request(toolCall))).toHaveProperty('outcome.kind');
  expect(errorIn(await reply(options, request(modelCall)))).not.toBe('');
});

test('a tool whose thenable never settles ends with the run', async () => {
  const aborting = new AbortController();
  const tools = { odd: { description: 'd', execute: () => thenable(() => {}) } };
  const waiting = reply({ tools }, request(toolCall), aborting.signal);
  aborting.abort(new Error('the run is over'));
  expect(errorIn(await waiting)).toBe('the run is over');
});

test.each(WAYS)('a listener of the signal of a call that %s is told of, and nothing else happens', async (_, act) => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  const aborting = new AbortController();
  const listen = (_: unknown, { signal }: { signal: AbortSignal }) => {
    for (const [, odd] of ODD_THROWS) signal.addEventListener('abort', () => act(odd()));
    signal.onabort = () => act(new Error('by onabort'));
    return new Promise(() => {});
  };
  const calling = reply({ tools: { odd: { description: 'd', execute: listen } } }, request(toolCall), aborting.signal);
  await nextTurn();
  aborting.abort();
  await calling;
  await expect.poll(() => warn.mock.calls.length).toBe(ODD_THROWS.length + 1);
  warn.mockRestore();
});

// It would hold the process for longer than anybody lives.
const backtracking = '^(a+)+$';
const worst = `${'a'.repeat(60)}!`;
const blocks = () => {
  for (;;);
};
const pattern = { type: 'string', pattern: backtracking };

test.each<[string, object]>([
  ['a JSON Schema whose pattern backtracks', { schema: pattern }],
  ['a zod schema whose pattern backtracks', { schema: z.string().regex(new RegExp(backtracking)) }],
  ['a refinement without end', { schema: z.string().refine(blocks) }],
  ['a validate without end', { validate: blocks }],
])('%s is stopped, and the answer is refused', async (_, options) => {
  const warning = await warningOf({ ...options, validateTimeoutMs: 50 }, { text: worst, candidates: [] });
  expect(warning).toContain('failed: It held the whole process for more than 50 ms');
  expect(warning).toContain('Raise validateTimeoutMs');
});

test('a JSON Schema without a time limit of its own is stopped after two seconds', async () => {
  const schema = { type: 'object', properties: { a: { type: 'string' } } };
  // Neither does it return, nor does it take the processor's time.
  const waits = {
    get a() {
      return Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    },
  };
  const warning = await warningOf({ schema }, { text: '', candidates: [waits] });
  expect(warning).toContain('failed: It held the whole process for more than 2000 ms');
  expect(warning).not.toContain('Raise validateTimeoutMs');
});

/** The one warning of an answer that is refused with one problem. */
async function warningOf(
  options: object,
  answer: { text: string; candidates: unknown[] },
): Promise<string | undefined> {
  const warnings: string[] = [];
  const answers = new AnswerCheck('run', planOf(options).answer, (message) => warnings.push(message));
  expect((await answers.check(answer, never)).problems).toHaveLength(1);
  expect(warnings).toHaveLength(1);
  return warnings[0];
}

test.each<[string, object]>([
  ['arguments that a pattern backtracks over', { input: { type: 'object', properties: { a: pattern } } }],
  ['a result that a pattern backtracks over', { output: pattern }],
  ['code without end', { execute: blocks }],
])('a tool with %s is stopped, and its call fails', async (_, fields) => {
  const odd = { description: 'd', execute: () => worst, timeoutMs: 50, ...fields };
  const call = request({ ...toolCall, arguments: { a: worst } });
  expect(errorIn(await reply({ tools: { odd } }, call))).toContain('It held the whole process for more than 50 ms');
});
