import { BACKEND_VARIABLES, defaultBackend } from '../credentials.ts';
import { RLMError } from '../errors.ts';
import type { Verdict } from './diagnosis.ts';
import type { Subject } from './subject.ts';

/** Which variables of model providers are set, by name alone, and which backend they make the default. */
export async function checkKeys({ env }: Subject): Promise<Verdict<'keys'>> {
  const backends = Object.values(BACKEND_VARIABLES);
  const keyVariables = backends.flatMap((backend) => backend.keys).filter((name) => env[name]);
  const baseUrlVariables = backends.flatMap((backend) => backend.baseUrls).filter((name) => env[name]);
  const found = [...keyVariables, ...baseUrlVariables].join(', ') || 'none';
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
    return {
      status: 'warning',
      summary,
      advice: error.message,
      details: { keyVariables, baseUrlVariables, defaultBackend: null },
    };
  }
}
