import type { RLMOptions } from '../src/api/options.ts';
import { type Credentials, resolveCredentials } from '../src/options/credentials.ts';
import { hostModels } from '../src/options/host-models.ts';
import { parseRunOptions } from '../src/options/parse-options.ts';
import { planRun, type RunPlan } from '../src/options/run-plan.ts';
import type { ParsedTool } from '../src/options/tools-rule.ts';
import { loadJSONSchemas } from '../src/schema/late-json-schema.ts';

await loadJSONSchemas();

/** What a run with these options is to be, where these variables are set. */
export function planOf(options: object, env: NodeJS.ProcessEnv = { ANTHROPIC_API_KEY: 'k' }): RunPlan {
  const { environment, ...others } = parseRunOptions('q', options);
  if (environment === 'auto') throw new TypeError('nobody asks for a daemon here');
  return planRun({ ...others, environment }, env);
}

export function credentialsOf(options: RLMOptions, env: NodeJS.ProcessEnv): { root: Credentials; sub: Credentials } {
  return resolveCredentials(options, hostModels(options), env);
}

export function toolsOf(tools: NonNullable<RLMOptions['tools']>): ReadonlyMap<string, ParsedTool> {
  return parseRunOptions('q', { tools }).tools;
}
