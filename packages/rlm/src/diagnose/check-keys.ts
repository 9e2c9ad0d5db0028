import { BACKENDS } from '@rlm-bridge/protocol';
import type { RLMBackend } from '../api/backends.ts';
import { RLMError } from '../api/errors.ts';
import { defaultBackend, requireUsableVariables } from '../options/credentials.ts';
import { isServed } from './check-models.ts';
import type { CheckOutcome } from './diagnosis.ts';
import type { Subject } from './subject.ts';

/**
 * Which variables of model providers are set, by name alone, and which backend they make the default. One that cannot be
 * used fails where it is needed: where models could be resolved, a run uses none such.
 */
export async function checkKeys({ options, env }: Subject, areNeeded: boolean): Promise<CheckOutcome<'keys'>> {
  const backends = Object.values(BACKENDS);
  const keyVariables = backends.flatMap((backend) => backend.keys).filter((name) => env[name]);
  const baseUrlVariables = backends.flatMap((backend) => backend.baseUrls).filter((name) => env[name]);
  const issue = firstIssue(env);
  const found = [...keyVariables, ...baseUrlVariables].join(', ') || 'none';
  if (issue !== null) {
    const details = { keyVariables, baseUrlVariables, defaultBackend: null };
    const status = areNeeded ? 'failed' : 'warning';
    return { status, summary: `set: ${found}; one cannot be used`, advice: issue, details };
  }
  try {
    const backend = defaultBackend(env);
    const summary = `set: ${found}; the default backend is ${backend}`;
    return {
      status: 'ok',
      summary,
      advice: null,
      details: { keyVariables, baseUrlVariables, defaultBackend: backend },
    };
  } catch (error) {
    if (!RLMError.isInstance(error)) throw error;
    const summary = `set: ${found}; no default backend`;
    const details = { keyVariables, baseUrlVariables, defaultBackend: null };
    if (isServed(options)) return { status: 'ok', summary, advice: null, details };
    return { status: 'warning', summary, advice: error.message, details };
  }
}

/** What a run with one of these variables would end with, before it begins. */
function firstIssue(env: NodeJS.ProcessEnv): string | null {
  try {
    for (const backend of Object.keys(BACKENDS) as RLMBackend[]) requireUsableVariables(backend, env);
    return null;
  } catch (error) {
    if (!RLMError.isInstance(error)) throw error;
    return error.message;
  }
}
