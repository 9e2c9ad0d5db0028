import { calcPrice } from '@pydantic/genai-prices';
import type { RLMPrice, RLMResolvedModel } from 'rlm-bridge';
import defaultPrices from './default-prices.json' with { type: 'json' };

/** USD per million tokens, of a prompt of usual length. */
export type Rates = Pick<RLMPrice, 'inputUsdPerMTok' | 'outputUsdPerMTok'>;

/** The option `prices` of a run. */
export type Prices = Readonly<Record<string, RLMPrice>>;

/** The backends that name one provider of the table, as the worker knows them. */
const PROVIDERS: Readonly<Record<string, string>> = {
  anthropic: 'anthropic',
  openai: 'openai',
  azure_openai: 'azure',
  gemini: 'google',
  openrouter: 'openrouter',
};
/** A model of a known name on one's own server has no list price. */
const SELF_HOSTED = ['vllm', 'ollama', 'host'];
/** Small enough for the first tier of every price. */
const USAGE = { input_tokens: 1_000, output_tokens: 1_000 };

/**
 * What a run reckons with: the caller's prices, else the worker's for the default models, else those of a table that may
 * be older than the worker's. Null when nobody knows.
 */
export function ratesOf({ backend, model }: RLMResolvedModel, given: Prices = {}): Rates | null {
  if (backend === 'offline') return { inputUsdPerMTok: 0, outputUsdPerMTok: 0 };
  const own = Object.hasOwn(given, model) ? given[model] : undefined;
  const known = defaultPrices.find((price) => price.backend === backend && price.model === model);
  return own ?? known ?? (SELF_HOSTED.includes(backend) ? null : listed(backend, model));
}

/** Portkey writes "@integration/model"; "models/" and "anthropic/" are prefixes of Gemini and of gateways. */
function listed(backend: string, model: string): Rates | null {
  const name = model.replace(/^@|^models\//, '');
  const provider = PROVIDERS[backend];
  const [, maker, rest] = /^([^/]+)\/(.+)$/.exec(name) ?? [];
  if (provider !== undefined) return inTable(name, { providerId: provider });
  if (maker === undefined || rest === undefined) return inTable(name);
  return inTable(rest, { providerId: maker }) ?? inTable(rest);
}

function inTable(model: string, provider: { providerId?: string } = {}): Rates | null {
  const price = calcPrice(USAGE, model, provider);
  if (price === null) return null;
  return { inputUsdPerMTok: price.input_price * 1_000, outputUsdPerMTok: price.output_price * 1_000 };
}
