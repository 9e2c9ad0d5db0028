import { conversation, type Reply, repl, type Script, submit } from '@rlm-bridge/fake-provider';
import { describe, expect, test } from 'vitest';
import type { RLMOptions } from '../../src/index.ts';
import { expectExactBill, picoUsd } from './support/bill.ts';
import { comesOnce } from './support/lives.ts';
import { finish, provider } from './support/run.ts';
import { TREE } from './support/tree.ts';

/** By the prompt of the sub-call. All but the last are counted by the provider and said to be. */
const MIXED: Readonly<Record<string, Reply>> = {
  whole: 'The whole answer.',
  cut: { text: 'The first ha', ending: 'cut' },
  refused: { text: 'I will', ending: 'refused' },
  empty: { text: ' ', outputTokens: 7 },
  tool: { text: 'Let me see.', ending: 'tool' },
  'not taken': { status: 400, message: 'no' },
};
const ENDS = { whole: 'stop', cut: 'length', refused: 'refused', empty: 'empty', tool: 'unsupported' };

const OPENAI = { rootModel: 'gpt-4.1', subModel: 'gpt-4o-mini' };
/** Each wire format, behind each client that speaks it. */
const WIRES: readonly RLMOptions[] = [
  { backend: 'openai', ...OPENAI },
  { backend: 'anthropic', rootModel: 'claude-sonnet-4-5', subModel: 'claude-haiku-4-5' },
  { backend: 'gemini', rootModel: 'gemini-2.5-flash', subModel: 'gemini-2.5-flash' },
  { backend: 'portkey', ...OPENAI },
  { backend: 'azure_openai', ...OPENAI },
  { backend: 'openrouter', rootModel: 'openai/gpt-4.1', subModel: 'openai/gpt-4o-mini' },
];
const table = WIRES.map(
  (options) => ({ ...options, backend: options.backend ?? '' }) as RLMOptions & { backend: string },
);

/** Backends whose base URL has no version. */
const AT_THE_ROOT = ['anthropic', 'gemini', 'azure_openai'];

/** The sub-calls of `kinds`, three of each, in one batch between two turns of the root. */
const script = (kinds: readonly string[]): Script =>
  conversation({
    turns: [repl(`said = llm_query_batched(${JSON.stringify(kinds)} * 3)\nprint(said)`), submit('"done"')],
    prompt: ({ text }) =>
      text === 'broken' ? { text: 'The first half of a longer text.', ending: 'broken' } : (MIXED[text] ?? 'x'),
  });

const modelsOf = (models: Record<string, unknown>) => Object.keys(models).sort();

describe('refused, cut, empty and unsupported replies among whole ones', () => {
  test.each(table)('are on the bill to the last digit on the wire of $backend', async (options) => {
    if (options.backend === 'anthropic') comesOnce('its provider has what an earlier life asked in its cache');
    const fake = await provider(script(Object.keys(MIXED)));
    const baseUrl = AT_THE_ROOT.includes(options.backend) ? fake.url : fake.openaiUrl;
    const { result, events } = await finish(fake, { ...options, baseUrl });
    expect(result).toMatchObject({ success: true, answer: 'done', subCalls: 18 });
    const ends = events.flatMap((event) => (event.type === 'call.completed' ? [event.finishReason] : []));
    for (const end of Object.values(ENDS))
      expect(ends.filter((one) => one === end)).toHaveLength(end === 'stop' ? 5 : 3);
    const bill = fake.bill;
    expect(modelsOf(result.usage.byModel)).toEqual(modelsOf(bill));
    for (const [model, { costPicoUsd, calls: _, ...tokens }] of Object.entries(bill)) {
      const { costUsd, ...ours } = result.usage.byModel[model] ?? { costUsd: null };
      expect(ours).toMatchObject(tokens);
      expect(picoUsd(costUsd)).toBe(costPicoUsd);
    }
  });

  test.each(table)(
    'and one that broke off makes the cost unknown, never too low, on the wire of $backend',
    async (options) => {
      comesOnce('its provider breaks off once, and not in the next life again');
      let broken = 0;
      const turns = script([...Object.keys(MIXED), 'broken']);
      const fake = await provider((request) =>
        request.text === 'broken' && ++broken > 1 ? 'Whole at last.' : turns(request),
      );
      const baseUrl = AT_THE_ROOT.includes(options.backend) ? fake.url : fake.openaiUrl;
      const { result, events } = await finish(fake, { ...options, baseUrl });
      expect(result).toMatchObject({ success: true, answer: 'done', costUsd: null });
      const calls = events.filter((event) => event.type === 'call.completed');
      expect(calls.filter(({ costUsd }) => costUsd === null)).toHaveLength(1);
      expect(calls.filter(({ retries }) => retries > 0)).toMatchObject([
        { retries: 1, outcome: 'succeeded', costUsd: null },
      ]);
    },
  );
});

// Google's SDK, which takes a second to load, is in the worker of this file.
test.each([
  { backend: 'anthropic', rootModel: 'claude-sonnet-4-5', subModel: 'claude-haiku-4-5' },
  { backend: 'gemini', rootModel: 'gemini-2.5-flash', subModel: 'gemini-2.5-flash' },
] as const)('the bill of a tree is what the provider counted, on the wire of $backend', async (options) => {
  if (options.backend === 'anthropic') comesOnce('its provider has what an earlier life asked in its cache');
  const fake = await provider(TREE);
  const outcome = await finish(fake, { ...options, baseUrl: fake.url, maxDepth: 2 });
  expect(outcome.result).toMatchObject({ success: true, answer: '2+181 3+182 4+183' });
  expectExactBill(outcome, fake);
});
