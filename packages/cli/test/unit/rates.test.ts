import { expect, test } from 'vitest';
import { Page, quoted } from '../../../rlm/test/markdown.ts';
import { ratesOf } from '../../src/estimate/rates.ts';

const documented = new Page('docs/models.md')
  .tableOf('Prices')
  .filter(([, , prompt]) => prompt !== undefined && !prompt.startsWith('over'))
  .flatMap(([model = '', backends = '', , input, output]) =>
    quoted(backends).map((backend) => [backend, quoted(model)[0] ?? '', Number(input), Number(output)] as const),
  );

test.each(documented)('a dry run prices the models that would be used: %s, %s', (backend, model, input, output) => {
  const rates = ratesOf({ backend: backend as 'openai', model });
  expect(rates).toMatchObject({ inputUsdPerMTok: input, outputUsdPerMTok: output });
});

test.each([
  ['portkey', '@openai/gpt-4.1', 2],
  ['litellm', 'openai/gpt-4.1', 2],
  ['openai', 'gpt-4.1', 2],
  ['vercel', 'anthropic/claude-3-haiku-20240307', 0.25],
] as const)('a model that is no default has the price of the table: %s, %s', (backend, model, input) => {
  expect(ratesOf({ backend, model })?.inputUsdPerMTok).toBeCloseTo(input);
});

test.each(['vllm', 'ollama'] as const)('a model on a server of one’s own has no list price: %s', (backend) => {
  expect(ratesOf({ backend, model: 'gpt-4.1' })).toBeNull();
});

test('the prices of the caller go before the table, as in a run', () => {
  const prices = { 'gpt-4.1': { inputUsdPerMTok: 7, outputUsdPerMTok: 9 } };
  expect(ratesOf({ backend: 'vllm', model: 'gpt-4.1' }, prices)).toEqual(prices['gpt-4.1']);
  expect(ratesOf({ backend: 'openai', model: 'constructor' }, prices)).toBeNull();
});

test('the offline program costs nothing', () => {
  expect(ratesOf({ backend: 'offline', model: 'offline' })).toEqual({ inputUsdPerMTok: 0, outputUsdPerMTok: 0 });
});
