import { expect, test, vi } from 'vitest';
import { openSession } from '../../src/index.ts';
import { OPTION_NAMES } from '../../src/options/parse-options.ts';
import { mergeOptions, requireTurnOptions } from '../../src/session/parse-session.ts';
import { TURN_OPTIONS } from '../../src/session/session-options.ts';
import { noTotals, plusTurn } from '../../src/session/totals.ts';

const OFFLINE = { backend: 'offline', environment: 'local', python: '/nonexistent/python' } as const;

test.each([
  [{ maxIterations: 0 }, /maxIterations must be/],
  [{ nonsense: 1 }, /Unknown option "nonsense"/],
  [{ strategy: 'direct' }, /strategy must be 'recurse' in a session.*it is 'direct'/],
  [{ strategy: 'auto' }, /strategy must be 'recurse' in a session/],
  [{ environment: 'modal' }, /environment must be "auto", "docker", "landlock" or "local" in a session; it is "modal"/],
  [{ schema: { type: 'object' } }, /schema is an option of a turn: give it to session\.run/],
  [{ validate: () => null, requireCoverage: 1 }, /validate is an option of a turn.*requireCoverage is an option/],
  [{ runId: 'a', sessionId: 'no/id' }, /runId is an option of runRLM.*sessionId must have 1 to 128.*it is 'no\/id'/],
  [{ store: {}, onDivergence: 'maybe' }, /store must be a store of runs.*onDivergence must be one of/],
  [null, /options must be an object/],
])('openSession(%j) rejects before anything starts', async (options, message) => {
  const rejected = { code: 'invalid_options', message: expect.stringMatching(message) };
  const given = options === null ? null : { ...OFFLINE, ...options };
  await expect(openSession(given as never)).rejects.toMatchObject(rejected);
});

test('openSession rejects for a key that is missing, and for a signal that is aborted', async () => {
  vi.stubEnv('OPENAI_API_KEY', '');
  await expect(openSession({ ...OFFLINE, backend: 'openai' })).rejects.toMatchObject({ code: 'missing_api_key' });
  vi.unstubAllEnvs();
  const signal = AbortSignal.abort('not today');
  await expect(openSession({ ...OFFLINE, signal })).rejects.toMatchObject({
    name: 'AbortError',
    cause: 'not today',
    result: { costUsd: 0 },
  });
});

test('a turn takes only options of a turn', () => {
  const message = (options: unknown) => {
    try {
      requireTurnOptions(options);
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : '';
    }
  };
  expect(message(Object.fromEntries(TURN_OPTIONS.map((name) => [name, undefined])))).toBeNull();
  expect(message({ rootModel: 'sonnet' })).toMatch(/rootModel is an option of the session: give it to openSession/);
  expect(message({ maxIteration: 1 })).toMatch(/Unknown option "maxIteration" of a turn/);
  expect(message('fast')).toMatch(/must be an object/);
  expect(OPTION_NAMES).toEqual(expect.arrayContaining([...TURN_OPTIONS]));
});

test('the options of a turn go before those of the session', () => {
  const session = { maxIterations: 3, maxErrors: 2 };
  expect(mergeOptions(session, { maxIterations: 5, maxErrors: undefined })).toEqual({ ...session, maxIterations: 5 });
});

test.each(['session', 'turn'] as const)('the signal of the %s ends a turn', (which) => {
  const controllers = { session: new AbortController(), turn: new AbortController() };
  const { signal } = mergeOptions({ signal: controllers.session.signal }, { signal: controllers.turn.signal });
  expect(signal?.aborted).toBe(false);
  controllers[which].abort('enough');
  expect(signal?.reason).toBe('enough');
});

const tokens = { inputTokens: 1, outputTokens: 2, cachedInputTokens: 3, cacheWriteTokens: 4, reasoningTokens: 5 };
const ofTurn = (byModel: Record<string, number | null>, costUsd: number | null) => ({
  iterations: 2,
  subCalls: 3,
  costUsd,
  usage: {
    calls: 1,
    ...tokens,
    abandonedCalls: 1,
    finishReasons: { stop: 1, length: 2, refused: 3, empty: 4, broken: 5, unsupported: 6 },
    byModel: Object.fromEntries(
      Object.entries(byModel).map(([model, cost]) => [model, { calls: 1, ...tokens, costUsd: cost }]),
    ),
    priceTable: 'prices 1',
  },
});

test('totals are exact, by model too, and unknown once anything is', () => {
  let totals = noTotals();
  for (let turn = 0; turn < 1_000; turn++) totals = plusTurn(totals, ofTurn({ a: 0.1 }, 0.1));
  expect(totals).toMatchObject({ turns: 1_000, iterations: 2_000, subCalls: 3_000, costUsd: 100 });
  expect(totals.usage).toMatchObject({ calls: 1_000, reasoningTokens: 5_000, abandonedCalls: 1_000 });
  const finishReasons = { stop: 1_000, length: 2_000, refused: 3_000, empty: 4_000, broken: 5_000, unsupported: 6_000 };
  expect(totals.usage.finishReasons).toEqual(finishReasons);
  totals = plusTurn(totals, ofTurn({ a: 0.000000000001, b: null }, null));
  totals = plusTurn(totals, ofTurn({ b: 1 }, 1));
  expect(totals.costUsd).toBeNull();
  expect(totals.usage.byModel.a).toMatchObject({ calls: 1_001, costUsd: 100.000000000001 });
  expect(totals.usage.byModel.b).toMatchObject({ calls: 2, inputTokens: 2, costUsd: null });
  expect(totals.usage.priceTable).toBe('prices 1');
  expect(noTotals().turns).toBe(0);
});
