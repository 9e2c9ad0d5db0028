import type { FakeProvider } from '@rlm-bridge/fake-provider';
import { type RLMContext, type RLMOptions, type RLMResult, runRLM } from 'rlm-bridge';
import { PYTHON } from './official.ts';
import type { Scenario } from './scenarios/index.ts';

/** Image of our docker environment: any with Python. */
export const SANDBOX_IMAGE = process.env.RLM_SANDBOX_IMAGE ?? 'rlm-bridge-sandbox:local';

/** The settings that the official library gets, as options of `runRLM`. */
export function runOptions(scenario: Scenario, provider: FakeProvider, environment: 'local' | 'docker'): RLMOptions {
  return {
    backend: 'openai',
    baseUrl: provider.openaiUrl,
    apiKey: 'no-key',
    rootModel: scenario.rootModel,
    ...(scenario.subModel !== undefined && { subModel: scenario.subModel }),
    environment,
    ...(environment === 'docker' && { environmentOptions: { image: SANDBOX_IMAGE } }),
    maxIterations: scenario.maxIterations,
    maxDepth: scenario.maxDepth ?? 1,
    compaction: scenario.compaction ?? false,
    logDir: false,
    python: PYTHON,
    quiet: true,
  };
}

/** Runs a scenario through `runRLM`; `more` goes before the scenario's own settings. */
export async function runOurs(
  scenario: Scenario,
  provider: FakeProvider,
  environment: 'local' | 'docker',
  more: RLMOptions & { readonly context?: RLMContext } = {},
): Promise<RLMResult> {
  const { context = scenario.context as RLMContext, ...options } = more;
  return await runRLM(context, scenario.query, { ...runOptions(scenario, provider, environment), ...options });
}
