import { type RLMContext, type RLMOptions, type RLMResult, runRLM } from 'rlm-bridge';
import { PYTHON } from '../official.ts';
import type { QuickProvider } from './quick-provider.ts';

export const ROOT_MODEL = 'gpt-4.1';
export const SUB_MODEL = 'gpt-4o-mini';

/** What every run of these tables is given, beside what it is about. */
export function optionsOf(provider: QuickProvider, more: RLMOptions = {}): RLMOptions {
  return {
    backend: 'openai',
    baseUrl: provider.url,
    apiKey: 'no-key',
    rootModel: ROOT_MODEL,
    subModel: SUB_MODEL,
    environment: 'local',
    maxSubCalls: 1_000_000,
    python: PYTHON,
    logDir: false,
    quiet: true,
    ...more,
  };
}

/** @throws when it does not succeed. */
export async function ourRun(provider: QuickProvider, context: RLMContext, more: RLMOptions = {}): Promise<RLMResult> {
  const result = await runRLM(context, 'What stands there?', optionsOf(provider, more));
  if (!result.success) throw new Error(`our run failed: ${result.error.message}`);
  return result;
}
