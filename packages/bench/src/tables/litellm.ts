import { billTotal, conversation, FakeProvider, repl, submit } from '@rlm-bridge/fake-provider';
import { type RLMOptions, runRLM } from 'rlm-bridge';
import { LiteLLMProxy, VERSION } from '../litellm-proxy.ts';
import { PYTHON } from '../official.ts';
import { table } from '../table.ts';

// `pnpm bench litellm`: runs through the real LiteLLM proxy, what they cost by its words, and the bill of the provider behind it.

const REFUSED = 'PROVIDER_IS_BUSY';
const script = conversation({
  turns: [repl('said = llm_query_batched(["x" * n for n in (10, 1000, 10_000)])'), submit('said[0]')],
  prompt: 'heard',
});

await using provider = await FakeProvider.start((request) =>
  request.model === REFUSED ? { status: 429, message: 'slow down', retryAfterS: 0 } : script(request),
);
const served = (model: string, more: object = {}) => ({
  model: `openai/${model}`,
  api_base: provider.openaiUrl,
  api_key: 'no-key',
  ...more,
});
const twice = { input_cost_per_token: 4e-6, output_cost_per_token: 16e-6, cache_read_input_token_cost: 1e-6 };
const models: Readonly<Record<string, object>> = {
  alias: served('gpt-4.1'),
  'sold at twice the price': served('gpt-4.1', twice),
  'of unknown price': served('nobody-knows'),
  'by/*': served('*'),
  busy: served(REFUSED),
  'over its budget': served('gpt-4.1', { max_budget: 1e-9, budget_duration: '1d' }),
};
const list = Object.entries(models).map(([model_name, litellm_params]) => ({ model_name, litellm_params }));
await using proxy = await LiteLLMProxy.start(list);

const rows: string[][] = [];
const aliases = ['alias', 'sold at twice the price', 'of unknown price', 'by/gpt-4.1', 'busy', 'over its budget'];
for (const backend of ['litellm', 'openai'] as const)
  for (const alias of [...aliases, 'not there'])
    for (const budget of [undefined, 0.5]) rows.push(await row(backend, alias, budget));
rows.push(await row('litellm', 'alias', undefined, 'sk-a-wrong-key'));

console.log(`\nLiteLLM ${VERSION} before the fake provider: what a run through it cost, in USD\n`);
console.log(table(['backend', 'model', 'maxBudgetUsd', 'ended', 'costUsd', "the provider's bill"], rows));

async function row(backend: 'litellm' | 'openai', alias: string, budget?: number, key = proxy.key): Promise<string[]> {
  provider.forget();
  const options: RLMOptions = { backend, baseUrl: proxy.url, apiKey: key, rootModel: alias, subModel: alias };
  const where: RLMOptions = { environment: 'local', python: PYTHON, logDir: false, quiet: true };
  const limits = budget === undefined ? {} : { maxBudgetUsd: budget };
  const { ended, costUsd } = await runRLM('x', 'What is it?', { ...options, ...where, ...limits }).then(
    (result) => ({ ended: result.error?.code ?? 'answered', costUsd: result.costUsd }),
    (error: { code?: string }) => ({ ended: String(error.code ?? error), costUsd: 0 }),
  );
  const { calls, costPicoUsd } = billTotal(provider.bill);
  const billed = costPicoUsd === null ? 'unknown' : String(Number(costPicoUsd) / 1e12);
  const name = key === proxy.key ? alias : `${alias}, a wrong key`;
  return [backend, name, String(budget ?? 'none'), ended, String(costUsd), `${billed} for ${calls} calls`];
}
